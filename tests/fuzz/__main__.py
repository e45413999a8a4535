"""`make fuzz`: random calls to each operation of a real server, as each role. Exits with 1 if one is judged wrong."""

import argparse
import sys
import tempfile
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from tests.fuzz import run
from tests.fuzz.company import ROLES
from tests.fuzz.server import fuzzed_server

EXAMPLES = 200


def main() -> int:
    """Run, show the progress and a table, and return the exit code."""
    parser = argparse.ArgumentParser(prog="make fuzz", description=__doc__)
    parser.add_argument("--examples", type=int, default=EXAMPLES, help="calls of each operation by each role")
    examples = parser.parse_args().examples
    console = Console()
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with (
        tempfile.TemporaryDirectory() as folder,
        fuzzed_server(Path(folder)) as server,
        Progress(*columns, console=console) as progress,
    ):
        task = progress.add_task("Fuzzing", total=None)

        def report(result: run.Result, total: int) -> None:
            progress.update(task, advance=1, total=total, description=f"{result.operation} as {result.role}")
            if result.problem:
                progress.console.print(f"{result.operation} as {result.role}: {result.problem}", markup=False)

        results = run.run(server.address, server.database_url, examples, report)
    console.print(table(results))
    problems = [result for result in results if result.problem]
    console.print(f"{sum(result.calls for result in results)} calls, {len(problems)} problems")
    return 1 if problems else 0


def table(results: list[run.Result]) -> Table:
    """The share of successful calls of each operation, by role."""
    shown = Table("Operation", *ROLES, title="Calls that succeed")
    for name in dict.fromkeys(result.operation for result in results):
        cells = [_cell(result) for result in results if result.operation == name]
        shown.add_row(name, *cells)
    return shown


def _cell(result: run.Result) -> str:
    text = f"{100 * result.succeeded // max(result.calls, 1)} %" if result.may else "refused"
    return f"[red]{text}[/red]" if result.problem else text


if __name__ == "__main__":
    sys.exit(main())
