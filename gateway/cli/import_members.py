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

from domain.bulk import ImportMode
from gateway.cli import client as calling
from gateway.cli.failures import CommandFailed, command, printable
from gateway.runtime import settings

OPERATION = """
mutation Import($input: ImportMembersInput!) {
  importMembers(input: $input) {
    rows imported updated skipped rejected seats waiting
    problems { line column reason message isInformation }
    changes { line nameBefore nameAfter roleBefore roleAfter joinedGroupIds }
    leavers { role status user { name } }
    leaverCount leaverSeats removedUserIds
    errors { message }
  }
}
"""
INFORMATION_WORDS = {
    "ALREADY_MEMBER": "already in the team",
    "COLUMN_UNKNOWN": "columns ignored",
    "EXTERNAL_ID_KEPT": "with another external id",
    "LEAVER_KEPT": "not in the file, but kept",
    "NAME_KEPT": "with names that only the person can change",
    "REMOVED_BEFORE": "removed before and not invited again",
    "SEPARATION_OF_DUTIES": "without a seat, because nobody may give one to themselves",
    "WAITING": "on the waiting list",
}
MAX_LISTED = 20
"""How many leavers the report lists."""

OnRead = Callable[[int], None]
Mode = Annotated[
    ImportMode,
    typer.Option(
        help="What happens to all rows if one is rejected, or if a seat is missing. The modes that begin with upsert "
        "also update the people who are in the team already."
    ),
]
InviteRemoved = Annotated[
    bool, typer.Option("--invite-removed", help="Invite also people who were removed from the team before.")
]
RemoveLeavers = Annotated[
    tuple[int, int] | None,
    typer.Option(
        metavar="PEOPLE SEATS",
        help="Remove the people who are not in the file. Give the numbers of people and of their seats that --dry-run "
        "reports. Needs --mode upsert.",
    ),
]


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


app = typer.Typer(add_completion=False)


@app.command()
@command
def run(  # noqa: PLR0913 - each option is a parameter
    file: Annotated[
        Path,
        typer.Argument(metavar="FILE", exists=True, dir_okay=False, help="A CSV file of people."),
    ],
    *,
    team: Annotated[str, typer.Option(metavar="ID", help="The team that the people are invited to.")],
    product: Annotated[
        str | None, typer.Option(metavar="ID", help="Give each person who is invited a seat of this product.")
    ] = None,
    mode: Mode = ImportMode.ALL_OR_NOTHING,
    invite_removed: InviteRemoved = False,
    remove_leavers: RemoveLeavers = None,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Report everything, and change nothing.")] = False,
    url: Annotated[str | None, typer.Option(help="The address of Usher; default: this machine's.")] = None,
) -> None:
    """Invite the people in a CSV file to a team of a running Usher. The token is read from USHER_TOKEN.

    Exits with 1 if the file or one of its rows is rejected, or if nobody can be removed.
    """
    if remove_leavers is not None and not mode.updates:
        raise CommandFailed("--remove-leavers needs --mode upsert, upsert_best_effort or upsert_waitlist.")
    token = calling.token("the scope members:import")
    import_input: dict[str, Any] = {
        "teamId": team,
        "productId": product,
        "mode": mode.name,
        "inviteRemoved": invite_removed,
        "dryRun": dry_run,
        "file": None,
    }
    if remove_leavers is not None:
        people, seats = remove_leavers
        import_input["removeLeavers"] = {"people": people, "seats": seats}
    report = _imported(url or settings.load().address, token, file, import_input)
    _show(report, dry_run=dry_run, updates=mode.updates)
    if report["rejected"] or report["errors"] or not report["rows"]:
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


def _show(report: Any, *, dry_run: bool, updates: bool) -> None:
    out = Console(highlight=False)
    problems = [problem for problem in report["problems"] if not problem["isInformation"]]
    if problems:
        table = Table("line", "column", "reason", "what to do", title="Problems", title_justify="left")
        for one in problems:
            line = "" if one["line"] is None else str(one["line"])
            table.add_row(line, *(printable(one[name] or "") for name in ("column", "reason", "message")))
        out.print(table, markup=False)
    if report["changes"]:
        out.print(_changes(report["changes"]), markup=False)
    if updates:
        _show_leavers(out, report)
    known = Counter(problem["reason"] for problem in report["problems"] if problem["isInformation"])
    names = ("imported", *(["updated"] if updates else []), "skipped", "rejected")
    counts = ", ".join(f"{report[name]} {name}" for name in names)
    information = "".join(f"; {count} {INFORMATION_WORDS[reason]}" for reason, count in sorted(known.items()))
    out.print(f"{report['rows']} rows: {counts}; {report['seats']} seats given{information}.", markup=False)
    for error in report["errors"]:
        out.print(printable(error["message"]), markup=False)
    if dry_run:
        out.print("This was a dry run. Nothing was changed.")


def _changes(changes: list[Any]) -> Table:
    """Return a table of what changes in people who are in the team."""
    table = Table("line", "name", "role", "groups", title="Changes", title_justify="left")
    for one in changes:
        values = [
            f"{one[f'{what}Before']} → {one[f'{what}After']}" if one[f"{what}After"] is not None else ""
            for what in ("name", "role")
        ]
        joined = len(one["joinedGroupIds"])
        table.add_row(str(one["line"]), *map(printable, values), f"joins {joined}" if joined else "")
    return table


def _show_leavers(out: Console, report: Any) -> None:
    """Print the people who are not in the file, and how to remove them."""
    leavers, removed = report["leavers"], len(report["removedUserIds"])
    if leavers is None:
        out.print("A row was rejected, so it is not known who is in the team but not in the file.")
        return
    if removed:
        out.print(f"{removed} people who are not in the file are removed, and {report['leaverSeats']} seats are freed.")
    if leavers:
        table = Table("name", "role", "status", title="In the team, but not in the file", title_justify="left")
        for one in leavers[:MAX_LISTED]:
            table.add_row(*(printable(value) for value in (one["user"]["name"], one["role"], one["status"])))
        out.print(table, markup=False)
        if len(leavers) > MAX_LISTED:
            out.print(f"{len(leavers) - MAX_LISTED} more people are not in the file.")
    if leavers and not removed:
        numbers = f"{report['leaverCount']} {report['leaverSeats']}"
        out.print(f"To remove all of them that you may remove, add: --remove-leavers {numbers}")
