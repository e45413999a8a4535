"""What resolvers have already given, told again to graphql-core's executor when it takes over."""

from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple

from graphql.execution import MiddlewareManager
from graphql.pyutils import Path

from execution.frame import Frame

_UNKNOWN = object()


class Failure(NamedTuple):
    """A resolver raised this, or its awaitable did."""

    error: Exception


class Settled:
    """An awaitable that had been awaited; awaiting it again ends the same way, at once."""

    __slots__ = ("outcome",)

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome

    def __await__(self) -> Generator[Any, Any, Any]:
        """What it had come to. Raises what it had raised."""
        if isinstance(self.outcome, Failure):
            raise self.outcome.error
        yield from ()
        return self.outcome


class Recall(MiddlewareManager):
    """Middleware that answers from memory for a field that was resolved before, and passes on for all others."""

    def __init__(self, frames: list[Frame]) -> None:
        super().__init__()
        self._outcomes = dict(_outcomes(frames))

    def get_field_resolver(self, field_resolver: Callable[..., Any]) -> Callable[..., Any]:
        """The resolver, asked only for what is not known."""

        def recalled(source: Any, info: Any, **arguments: Any) -> Any:
            outcome = self._outcomes.pop(info.path, _UNKNOWN)
            if outcome is _UNKNOWN:
                return field_resolver(source, info, **arguments)
            if isinstance(outcome, Failure):
                raise outcome.error
            return outcome

        return recalled

    def left(self) -> list[Any]:
        """What nobody asked for, below a null, say; the items of lists too, because they may be to be awaited."""
        found: list[Any] = []
        waiting = list(self._outcomes.values())
        while waiting:
            value = waiting.pop()
            if type(value) in {list, tuple}:
                waiting.extend(value)
            elif type(value) is Settled:
                waiting.append(value.outcome)
            else:
                found.append(value)
        return found


def _outcomes(frames: list[Frame]) -> Iterator[tuple[Path, Any]]:
    for frame in frames:
        for index, values in frame.record.items():
            paths = frame.field_paths(frame.selection.steps[index])
            awaited = set(frame.awaited.get(index, ()))
            for at, value in enumerate(values):
                yield paths[at], Settled(value) if at in awaited else value
