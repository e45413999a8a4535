"""`usher import`: send a file of people to a running Usher, and show its report."""

import io
import sys
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from domain.bulk import BulkMode
from gateway.cli import client as calling
from gateway.cli.failures import command, printable
from gateway.runtime import settings

OPERATION = """
mutation Import($input: ImportMembersInput!) {
  importMembers(input: $input) {
    rows imported skipped rejected seats waiting
    problems { line column reason message isInformation }
    errors { message }
  }
}
"""
INFORMATION_WORDS = {
    "ALREADY_MEMBER": "already in the team",
    "COLUMN_UNKNOWN": "columns ignored",
    "EXTERNAL_ID_KEPT": "with another external id",
    "REMOVED_BEFORE": "removed before and not invited again",
    "WAITING": "on the waiting list",
}

OnRead = Callable[[int], None]


class _TrackedFile(io.BytesIO):
    """A file that calls `on_read` with the number of bytes of each read."""

    def __init__(self, content: bytes, on_read: OnRead) -> None:
        super().__init__(content)
        self._on_read = on_read

    def read(self, size: int | None = -1, /) -> bytes:
        """Return the next bytes, and report their number."""
        chunk = super().read(size)
        self._on_read(len(chunk))
        return chunk


@command
def run(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV file of people."),
    ],
    *,
    team: Annotated[str, typer.Option(metavar="ID", help="The team that the people are invited to.")],
    product: Annotated[str | None, typer.Option(metavar="ID", help="Give each person a seat of this product.")] = None,
    mode: Annotated[
        BulkMode, typer.Option(help="What happens to all rows if one is rejected, or if a seat is missing.")
    ] = BulkMode.ALL_OR_NOTHING,
    invite_removed: Annotated[
        bool, typer.Option("--invite-removed", help="Invite also people who were removed from the team before.")
    ] = False,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report everything, and change nothing.")] = False,
    url: Annotated[str | None, typer.Option(help="The address of Usher; default: this machine's.")] = None,
) -> None:
    """Invite the people in a CSV file to a team of a running Usher. The token is read from USHER_TOKEN.

    Exits with 1 if the file or one of its rows is rejected.
    """
    token = calling.token("the scope members:import")
    import_input = {"teamId": team, "productId": product, "mode": mode.name, "inviteRemoved": invite_removed}
    import_input |= {"dryRun": dry_run, "file": None}
    report = _imported(url or settings.load().address, token, file, import_input)
    _show(report, dry_run=dry_run)
    if report["rejected"] or not report["rows"]:
        raise typer.Exit(1)


def _imported(url: str, token: str, file: Path, import_input: dict[str, Any]) -> Any:
    content = file.read_bytes()
    columns = (TextColumn("{task.description:>8}"), BarColumn(), TimeElapsedColumn())
    with (
        calling.Client(url, token) as client,
        Progress(*columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()) as bars,
    ):
        sending = bars.add_task("send", total=len(content))
        working = bars.add_task("import", total=None, start=False)

        def on_read(count: int) -> None:
            bars.advance(sending, count)
            if bars.tasks[0].finished:
                bars.start_task(working)

        data = client.upload(OPERATION, {"input": import_input}, _TrackedFile(content, on_read))
        bars.update(working, total=1, completed=1)
    return data["importMembers"]


def _show(report: Any, *, dry_run: bool) -> None:
    out = Console(highlight=False)
    problems = [problem for problem in report["problems"] if not problem["isInformation"]]
    if problems:
        table = Table("line", "column", "reason", "what to do", title="Problems", title_justify="left")
        for one in problems:
            line = "" if one["line"] is None else str(one["line"])
            table.add_row(line, *(printable(one[name] or "") for name in ("column", "reason", "message")))
        out.print(table, markup=False)
    known = Counter(problem["reason"] for problem in report["problems"] if problem["isInformation"])
    counts = ", ".join(f"{report[name]} {name}" for name in ("imported", "skipped", "rejected"))
    information = "".join(f"; {count} {INFORMATION_WORDS[reason]}" for reason, count in sorted(known.items()))
    out.print(f"{report['rows']} rows: {counts}; {report['seats']} seats given{information}.", markup=False)
    if dry_run:
        out.print("This was a dry run. Nothing was changed.")
