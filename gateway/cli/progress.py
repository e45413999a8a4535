"""A progress bar for long work on the command line; on standard error, because it is no result."""

import sys
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TaskID, TextColumn, TimeElapsedColumn


class Bars:
    """One bar for each table that is loaded."""

    def __init__(self) -> None:
        """Made before it is shown; used as a context manager."""
        self._progress = Progress(
            TextColumn("{task.description:>16}"),
            BarColumn(),
            MofNCompleteColumn(),
            TimeElapsedColumn(),
            console=Console(stderr=True),
            # rich would print what goes to a redirected standard output above its bars instead.
            redirect_stdout=sys.stdout.isatty(),
        )
        self._tasks: dict[str, TaskID] = {}

    def __enter__(self) -> Self:
        """Show the bars."""
        self._progress.start()
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        """Leave them as they stand."""
        self._progress.stop()

    def start(self, table: str, total: int) -> None:
        """A bar for a table of `total` rows."""
        self._tasks[table] = self._progress.add_task(table, total=total)

    def advance(self, table: str, rows: int) -> None:
        """So many rows more are in."""
        self._progress.advance(self._tasks[table], rows)
