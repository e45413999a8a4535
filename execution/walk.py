"""The walk over a plan: each step for all objects of its level at once, each level's awaitables awaited together."""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from graphql import GraphQLLeafType, TypeNameMetaFieldDef
from graphql.execution import Executor

from execution.complete import Completion
from execution.fallback import Failure
from execution.frame import Frame
from execution.infos import Infos
from execution.leaves import is_shown_as_is
from execution.plan import Selection, Step, Unusual
from execution.reasons import Reason
from execution.resolve import resolve
from execution.shortcuts import Batch, Batched, Shortcuts
from execution.type_checks import inert


@dataclass(slots=True, eq=False)
class Waiting:
    """Resolved values of which some are awaitable: those at `indices`. They are to be replaced by their outcomes.

    With a batch there are no values yet: they are what it finds for the keys, one for each object. Once settled,
    `kinds` are the values' types.
    """

    frame: Frame
    step: int
    values: list[Any]
    indices: Sequence[int]
    batch: Batch | None = None
    keys: Sequence[Any] = ()
    kinds: set[type] = field(default_factory=set)


class Walk:
    """One execution of an operation. Goes as far as everything is as it should be.

    Whatever is raised out of it means that graphql-core's executor has to take over, with `frames` to recall from.
    """

    def __init__(self, executor: Executor[Any], shortcuts: Shortcuts) -> None:
        self.executor = executor
        self.shortcuts = shortcuts
        self.frames: list[Frame] = []
        self._ready: deque[Frame] = deque()
        self._waiting: list[Waiting] = []
        infos = Infos(executor)
        self.infos, self.shared_info = infos.of_all, infos.shared

    def run(self, selection: Selection, *, serially: bool) -> Generator[list[Waiting], None, dict[str, Any]]:
        """Yields what is to be awaited, level by level, and returns the data."""
        root = Frame(selection, [self.executor.root_value], None)
        self.frames.append(root)
        indices = range(len(selection.steps))
        for together in [[index] for index in indices] if serially else [list(indices)]:
            for index in together:
                self._start(root, index)
            yield from self._drain()
        data = root.build()[0]
        for frame in self.frames:
            frame.forget()
        self.frames.clear()
        return data

    def enter(self, frame: Frame) -> Frame:
        """Go on with these objects when the steps before are done."""
        self.frames.append(frame)
        self._ready.append(frame)
        return frame

    def _drain(self) -> Generator[list[Waiting], None, None]:
        while self._ready or self._waiting:
            while self._ready:
                frame = self._ready.popleft()
                if frame.sources:
                    for index in range(len(frame.selection.steps)):
                        self._start(frame, index)
            if self._waiting:
                batch, self._waiting = self._waiting, []
                yield batch
                for one in batch:
                    one.frame.awaited[one.step] = one.indices
                for one in batch:
                    if Failure in one.kinds:
                        raise Unusual(Reason.ERROR)
                    self._complete(one.frame, one.step, one.values, one.kinds)

    def _start(self, frame: Frame, index: int) -> None:
        step = frame.selection.steps[index]
        if step.field is TypeNameMetaFieldDef:
            frame.columns[index] = [frame.selection.type.name] * len(frame.sources)
            return
        values: list[Any] = []
        if not step.rereadable:
            frame.record[index] = values
        if step.batched is not None:
            self._want(frame, index, step.batched, values)
            return
        resolve(self, frame, step, values)
        kinds = set(map(type, values))
        if not inert(kinds):
            frame.record[index] = values
            is_awaitable = self.executor.is_awaitable
            indices = [at for at, value in enumerate(values) if is_awaitable(value)]
            if indices:
                self._waiting.append(Waiting(frame, index, values, indices))
                return
        if step.leaf is not None and _is_done(step, step.leaf, values, kinds):
            frame.columns[index] = values
        else:
            self._complete(frame, index, values, kinds)

    def _want(self, frame: Frame, index: int, batched: Batched, values: list[Any]) -> None:
        step = frame.selection.steps[index]
        arguments, selected = step.arguments(self.executor), step.selected(self.executor, self.shortcuts)
        try:
            batch = batched.prepare(self.shared_info(step), arguments, selected)
        except Exception as error:
            values.append(Failure(error))
            raise Unusual(Reason.ERROR) from error
        keys = list(map(batched.key, frame.sources))
        indices: Sequence[int] = range(len(keys))
        if NoneType in set(map(type, keys)):
            # Where there is no key, there is nothing to await either: such a null is there at once.
            indices = [at for at, key in enumerate(keys) if key is not None]
            batch.want([keys[at] for at in indices])
        else:
            batch.want(keys)
        self._waiting.append(Waiting(frame, index, values, indices, batch, keys))

    def _complete(self, frame: Frame, index: int, values: list[Any], kinds: set[type]) -> None:
        step = frame.selection.steps[index]
        frame.columns[index] = Completion(self, frame, step).column(values, kinds)


def _is_done(step: Step, leaf: GraphQLLeafType, values: list[Any], kinds: set[type]) -> bool:
    nullable = not step.non_null[0]
    return len(step.non_null) == 1 and is_shown_as_is(leaf, values, kinds, nullable=nullable)
