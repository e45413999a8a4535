"""The walk over a plan: each step runs for all objects of a level at once, and a level is awaited as a whole."""

from collections import deque
from collections.abc import Generator, Sequence
from dataclasses import dataclass, field
from types import NoneType
from typing import Any

from graphql import GraphQLLeafType, TypeNameMetaFieldDef
from graphql.execution import Executor

from execution.budget import Budget
from execution.complete import Completion
from execution.fallback import Failure
from execution.frame import Frame
from execution.infos import Infos
from execution.leaves import needs_no_coercion
from execution.plan import NeedsFallback, Selection, Step
from execution.reasons import Reason
from execution.resolve import resolve
from execution.shortcuts import Batch, Batched, Shortcuts
from execution.type_checks import inert


@dataclass(slots=True, eq=False)
class Waiting:
    """The resolved values of a step, of which some are awaitable: those at `indices`. `settle` replaces them.

    With a batch, `values` is empty at first: `settle` adds the value that the batch loads for each key. There is one
    key for each object. `settle` also sets `kinds` to the types of the values.
    """

    frame: Frame
    step: int
    values: list[Any]
    indices: Sequence[int]
    batch: Batch | None = None
    keys: Sequence[Any] = ()
    kinds: set[type] = field(default_factory=set)


class Walk:
    """One execution of an operation, as long as nothing fails.

    If it raises any error, the caller must run the operation in another way. `frames` then holds the values resolved so
    far.
    """

    def __init__(self, executor: Executor[Any], shortcuts: Shortcuts, budget: Budget) -> None:
        self.executor = executor
        self.shortcuts = shortcuts
        self.budget = budget
        self.frames: list[Frame] = []
        self._ready: deque[Frame] = deque()
        self._waiting: list[Waiting] = []
        infos = Infos(executor)
        self.infos, self.shared_info = infos.of_all, infos.shared

    def run(self, selection: Selection, *, serially: bool) -> Generator[list[Waiting], None, dict[str, Any]]:
        """Yield what must be awaited, level by level, and return the data of the response."""
        root = Frame(selection, [self.executor.root_value], None)
        self.frames.append(root)
        self.budget.spend(selection.bytes)
        indices = range(len(selection.steps))
        for group in [[index] for index in indices] if serially else [list(indices)]:
            for index in group:
                self._start(root, index)
            yield from self.run_levels()
        data = root.build()[0]
        self.forget()
        return data

    def forget(self) -> None:
        """Drop the frames after their columns were read."""
        for frame in self.frames:
            frame.forget()
        self.frames.clear()

    def enter(self, frame: Frame) -> Frame:
        """Queue a frame, whose steps start after the steps before them are done. Return the frame."""
        self.frames.append(frame)
        self._ready.append(frame)
        return frame

    def enter_apart(self, selection: Selection, sources: list[Any]) -> Frame:
        """Queue objects whose place in the response is not known.

        An error of one of their steps would have a wrong path, so the caller must not report it.
        """
        frame = Frame(selection, sources, None)
        frame.place_nowhere()
        return self.enter(frame)

    def run_levels(self) -> Generator[list[Waiting], None, None]:
        """Run all frames that are queued. Yield what must be awaited, level by level."""
        while self._ready or self._waiting:
            while self._ready:
                frame = self._ready.popleft()
                self.budget.spend(len(frame.sources) * frame.selection.bytes)
                if frame.sources:
                    for index in range(len(frame.selection.steps)):
                        self._start(frame, index)
            if self._waiting:
                level, self._waiting = self._waiting, []
                yield level
                for one in level:
                    one.frame.awaited[one.step] = one.indices
                for one in level:
                    if Failure in one.kinds:
                        raise NeedsFallback(Reason.ERROR)
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
            self._start_batch(frame, index, step.batched, values)
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
        if step.leaf is not None and _is_complete(step, step.leaf, values, kinds):
            frame.columns[index] = values
            if step.most_bytes is None:
                self.budget.spend_on(values)
        else:
            self._complete(frame, index, values, kinds)

    def _start_batch(self, frame: Frame, index: int, batched: Batched, values: list[Any]) -> None:
        step = frame.selection.steps[index]
        arguments, selected = step.arguments(self.executor), step.selected(self.executor, self.shortcuts)
        try:
            batch = batched.prepare(self.shared_info(step), arguments, selected)
        except Exception as error:
            values.append(Failure(error))
            raise NeedsFallback(Reason.ERROR) from error
        keys = list(map(batched.key, frame.sources))
        indices: Sequence[int] = range(len(keys))
        if NoneType in set(map(type, keys)):
            # An object without a key has a null at once, and nothing to await.
            indices = [at for at, key in enumerate(keys) if key is not None]
            batch.want([keys[at] for at in indices])
        else:
            batch.want(keys)
        self._waiting.append(Waiting(frame, index, values, indices, batch, keys))

    def _complete(self, frame: Frame, index: int, values: list[Any], kinds: set[type]) -> None:
        step = frame.selection.steps[index]
        frame.columns[index] = Completion(self, frame, step).column(values, kinds)


def _is_complete(step: Step, leaf: GraphQLLeafType, values: list[Any], kinds: set[type]) -> bool:
    nullable = not step.non_null[0]
    return len(step.non_null) == 1 and needs_no_coercion(leaf, values, kinds, nullable=nullable)
