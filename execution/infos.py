"""The infos that resolvers and type checks get from graphql-core: one for each object, or one for a whole step."""

from typing import Any

from graphql import GraphQLResolveInfo
from graphql.execution import Executor

from execution.frame import Frame
from execution.plan import Step


class Infos:
    """Builds infos as the executor does, once for each field of a frame."""

    def __init__(self, executor: Executor[Any]) -> None:
        self._executor = executor
        self._known: dict[tuple[Frame | None, Step], list[GraphQLResolveInfo[Any]]] = {}

    def of_all(self, frame: Frame, step: Step) -> list[GraphQLResolveInfo[Any]]:
        """Return an info for each object of the frame, each with its path."""
        known = self._known.get((frame, step))
        if known is None:
            known = self._known[frame, step] = self._make(frame, step)
        return known

    def shared(self, step: Step) -> GraphQLResolveInfo[Any]:
        """Return one info for all objects. It has no path, so reading the path fails instead of giving a wrong one."""
        known = self._known.get((None, step))
        if known is None:
            known = self._known[None, step] = [self._build(step, None)]
        return known[0]

    def _make(self, frame: Frame, step: Step) -> list[GraphQLResolveInfo[Any]]:
        paths = frame.field_paths(step)
        first = self._build(step, paths[0])
        if not isinstance(first, tuple) or getattr(first, "_fields", ())[4:5] != ("path",):
            return [first, *(self._build(step, path) for path in paths[1:])]
        before, after, make = first[:4], first[5:], type(first)._make
        return [make((*before, path, *after)) for path in paths]

    def _build(self, step: Step, path: Any) -> GraphQLResolveInfo[Any]:
        return self._executor.build_resolve_info(step.field, step.nodes, step.parent, path)
