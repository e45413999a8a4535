"""Progress bars for long commands. They are printed on standard error, because they are not part of the result."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class ProgressBars:
    """One progress bar for each table that is loaded."""

    def __init__(self) -> None:
        """Create the bars without showing them. Use the object as a context manager."""
        self._progress = Progress(
            TextColumn("{task.description:>16}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            # If standard output is redirected, rich must not print it above the bars instead.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Show the bars."""
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Stop updating the bars."""
        self._progress.stop()

    def start(self, table: str, total: int) -> None:
        """Add a bar for a table of `total` rows."""
        self._tasks[table] = self._progress.add_task(table, total=total)

    def advance(self, table: str, rows: int) -> None:
        """Add this number of rows to the table's bar."""
        self._progress.advance(self._tasks[table], rows)
