"""`usher import`: a file of people sent to a running Usher, and its report."""

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
from gateway.cli.failures import command
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
COUNTED = {"ALREADY_MEMBER": "in the team already", "WAITING": "waiting for a seat"}

Progressed = Callable[[int], None]


class _TrackedFile(io.BytesIO):
    """A file that tells how much of it has been read."""

    def __init__(self, content: bytes, progressed: Progressed) -> None:
        super().__init__(content)
        self._progressed = progressed

    def read(self, size: int | None = -1, /) -> bytes:
        """The next bytes."""
        chunk = super().read(size)
        self._progressed(len(chunk))
        return chunk


@command
def run(
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV file of people."),
    ],
    *,
    team: Annotated[str, typer.Option(metavar="ID", help="The team they are invited to.")],
    product: Annotated[str | None, typer.Option(metavar="ID", help="Give each a seat of this product.")] = None,
    mode: Annotated[
        BulkMode, typer.Option(help="What becomes of all when one row is rejected, or a seat is missing.")
    ] = BulkMode.ALL_OR_NOTHING,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report everything, and change nothing.")] = False,
    url: Annotated[str | None, typer.Option(help="Where Usher is served; this machine's when left out.")] = None,
) -> None:
    """Invite the people in a CSV file to a team of a running Usher; the token comes from USHER_TOKEN.

    Exits with 1 when a row is rejected, or the file.
    """
    token = calling.token("the scope members:import")
    wanted = {"teamId": team, "productId": product, "mode": mode.name, "dryRun": dry_run, "file": None}
    report = _imported(url or settings.load().address, token, file, wanted)
    _show(report, dry_run=dry_run)
    if report["rejected"] or not report["rows"]:
        raise typer.Exit(1)


def _imported(url: str, token: str, file: Path, wanted: dict[str, Any]) -> Any:
    content = file.read_bytes()
    columns = (TextColumn("{task.description:>8}"), BarColumn(), TimeElapsedColumn())
    with (
        calling.Client(url, token) as client,
        Progress(*columns, console=Console(stderr=True), redirect_stdout=sys.stdout.isatty()) as bars,
    ):
        sending = bars.add_task("send", total=len(content))
        working = bars.add_task("import", total=None, start=False)

        def progressed(count: int) -> None:
            bars.advance(sending, count)
            if bars.tasks[0].finished:
                bars.start_task(working)

        data = client.upload(OPERATION, {"input": wanted}, _TrackedFile(content, progressed))
        bars.update(working, total=1, completed=1)
    return data["importMembers"]


def _show(report: Any, *, dry_run: bool) -> None:
    out = Console(highlight=False)
    told = [problem for problem in report["problems"] if not problem["isInformation"]]
    if told:
        table = Table("line", "column", "reason", "what to do", title="Problems", title_justify="left")
        for one in told:
            line = "" if one["line"] is None else str(one["line"])
            table.add_row(line, one["column"] or "", one["reason"], one["message"])
        out.print(table, markup=False)
    known = Counter(problem["reason"] for problem in report["problems"] if problem["isInformation"])
    counts = ", ".join(f"{report[name]} {name}" for name in ("imported", "skipped", "rejected"))
    told_of = "".join(f"; {count} {COUNTED[reason]}" for reason, count in sorted(known.items()))
    out.print(f"{report['rows']} rows: {counts}; {report['seats']} seats given{told_of}.", markup=False)
    if dry_run:
        out.print("This was a dry run: nothing has changed.")
