"""Give graphql-core's executor the values that resolvers have already returned, when it takes over."""

from collections.abc import Callable, Generator, Iterator
from typing import Any, NamedTuple

from graphql.execution import MiddlewareManager
from graphql.pyutils import Path

from execution.frame import Frame

_UNKNOWN = object()


class Failure(NamedTuple):
    """An error that a resolver or its awaitable raised."""

    error: Exception


class AwaitedOutcome:
    """Stands for an awaitable that was already awaited. Awaiting it gives the same outcome at once."""

    __slots__ = ("outcome",)

    def __init__(self, outcome: Any) -> None:
        self.outcome = outcome

    def __await__(self) -> Generator[Any, Any, Any]:
        """Return the value of the awaitable, or raise its error."""
        if isinstance(self.outcome, Failure):
            raise self.outcome.error
        yield from ()
        return self.outcome


class Fallback(MiddlewareManager):
    """Middleware that returns the recorded outcomes of fields that were resolved before, and resolves all others."""

    def __init__(self, frames: list[Frame]) -> None:
        super().__init__()
        self._outcomes = dict(_outcomes(frames))

    def get_field_resolver(self, field_resolver: Callable[..., Any]) -> Callable[..., Any]:
        """Return a resolver that calls `field_resolver` only if no outcome is recorded for the path."""

        def resolve(source: Any, info: Any, **arguments: Any) -> Any:
            outcome = self._outcomes.pop(info.path, _UNKNOWN)
            if outcome is _UNKNOWN:
                return field_resolver(source, info, **arguments)
            if isinstance(outcome, Failure):
                raise outcome.error
            return outcome

        return resolve

    def unused(self) -> list[Any]:
        """Return the recorded outcomes that were not used, for example because they are below a null.

        Items of lists are included, because they may be awaitables, which the executor must still track.
        """
        found: list[Any] = []
        pending = list(self._outcomes.values())
        while pending:
            value = pending.pop()
            if type(value) in {list, tuple}:
                pending.extend(value)
            elif type(value) is AwaitedOutcome:
                pending.append(value.outcome)
            else:
                found.append(value)
        return found


def _outcomes(frames: list[Frame]) -> Iterator[tuple[Path, Any]]:
    for frame in frames:
        for index, values in frame.record.items():
            paths = frame.field_paths(frame.selection.steps[index])
            awaited = set(frame.awaited.get(index, ()))
            for at, value in enumerate(values):
                yield paths[at], AwaitedOutcome(value) if at in awaited else value
