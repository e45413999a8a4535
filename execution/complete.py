"""Turn the values of a step into a column of the response: nulls, lists, leaves and objects."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLAbstractType, GraphQLObjectType, Undefined, is_object_type
from graphql.pyutils import is_iterable

from execution.budget import NULL
from execution.frame import Column, Frame, Lists, MixedTypes, Nullable, Origin, Position
from execution.leaves import serialize
from execution.plan import NeedsFallback, Step
from execution.type_checks import ignores_info, inert

if TYPE_CHECKING:
    from execution.walk import Walk

Positions = Callable[[], Sequence[Position]]

_ABSENT = {NoneType, type(Undefined)}
_LISTS = {list, tuple}


class Completion:
    """Completes the values of one step of a frame, as the GraphQL specification says."""

    __slots__ = ("frame", "step", "walk")

    def __init__(self, walk: "Walk", frame: Frame, step: Step) -> None:
        self.walk = walk
        self.frame = frame
        self.step = step

    def column(self, values: list[Any], kinds: set[type]) -> Column | list[Any]:
        """Return the column of these values, one for each object. Raises NeedsFallback at the first error.

        `kinds` are the types of the values. In `values`, iterables other than lists and tuples are replaced by lists.
        """
        levels = len(self.step.non_null) - 1
        if levels:
            if not self._make_lists(values, levels):
                raise NeedsFallback
            kinds = set(map(type, values))
        count = len(values)
        return self._level(values, kinds, 0, lambda: [(index,) for index in range(count)])

    def _level(self, values: list[Any], kinds: set[type], depth: int, positions: Positions) -> Column | list[Any]:
        if not inert(kinds):
            self._inspect(values)
        step = self.step
        is_last = depth == len(step.non_null) - 1
        if not kinds & _ABSENT:
            if is_last and step.leaf is not None:
                return self._leaves(values, kinds)
            return self._objects(values, kinds, positions) if is_last else self._lists(values, depth, positions)
        if step.non_null[depth]:
            raise NeedsFallback
        values = [None if value is Undefined else value for value in values]
        if is_last and step.leaf is not None:
            return self._leaves(values, kinds - {type(Undefined)})
        present = [value for value in values if value is not None]

        def present_positions() -> list[Position]:
            return [position for position, value in zip(positions(), values, strict=True) if value is not None]

        if is_last:
            return Nullable(self._objects(present, kinds - _ABSENT, present_positions), values)
        return Nullable(self._lists(present, depth, present_positions), values)

    def _leaves(self, values: list[Any], kinds: set[type]) -> list[Any]:
        step, budget = self.step, self.walk.budget
        assert step.leaf is not None  # noqa: S101 - the caller checked it
        column = serialize(self.walk.executor, step.leaf, step.coerce_column, values, kinds)
        if step.most_bytes is None:
            budget.spend_on(column)
        elif len(step.non_null) > 1:
            budget.spend(len(column) * step.most_bytes)
        return column

    def _lists(self, values: list[Any], depth: int, positions: Positions) -> Column:
        lengths = list(map(len, values))
        self.walk.budget.spend(NULL * len(values) + (NULL + 1) * sum(lengths))
        items = list(chain.from_iterable(values))

        def item_positions() -> list[Position]:
            counted = zip(positions(), lengths, strict=True)
            return [(*position, index) for position, length in counted for index in range(length)]

        return Lists(self._level(items, set(map(type, items)), depth + 1, item_positions), lengths)

    def _objects(self, values: list[Any], kinds: set[type], positions: Positions) -> Column:
        named = self.step.named
        if is_object_type(named):
            self._check_type(named, values, kinds, positions)
            return self._enter(named, values, positions)
        types = self._runtime_types(named, values, positions)
        if len({*types}) == 1:
            self._check_type(types[0], values, kinds, positions)
            return self._enter(types[0], values, positions)
        frames: dict[GraphQLObjectType, Frame] = {}
        for type_ in dict.fromkeys(types):
            of_type = [value for value, own_type in zip(values, types, strict=True) if own_type is type_]

            def positions_of_type(type_: GraphQLObjectType = type_) -> list[Position]:
                return [position for position, own_type in zip(positions(), types, strict=True) if own_type is type_]

            self._check_type(type_, of_type, set(map(type, of_type)), positions_of_type)
            frames[type_] = self._enter(type_, of_type, positions_of_type)
        return MixedTypes(frames, types)

    def _enter(self, type_: GraphQLObjectType, values: list[Any], positions: Positions) -> Frame:
        selection = self.step.selection(self.walk.executor, self.walk.shortcuts, type_)
        return self.walk.enter(Frame(selection, values, Origin(self.frame, self.step, positions)))

    def _check_type(self, type_: GraphQLObjectType, values: list[Any], kinds: set[type], positions: Positions) -> None:
        if type_.is_type_of is None:
            return
        class_ = self.walk.shortcuts.instances(type_)
        if class_ is not None:
            if not all(issubclass(kind, class_) for kind in kinds):
                raise NeedsFallback
            return
        answers: list[Any] = []
        try:
            for value, info in zip(values, self._infos(type_.is_type_of, positions), strict=False):
                answers.append(type_.is_type_of(value, info))
        finally:
            if answers.count(True) < len(values):
                self._refuse_awaitables(answers)
        if not all(answers):
            raise NeedsFallback

    def _runtime_types(
        self, abstract: GraphQLAbstractType, values: list[Any], positions: Positions
    ) -> list[GraphQLObjectType]:
        executor, step = self.walk.executor, self.step
        resolve = abstract.resolve_type or executor.type_resolver
        names: list[Any] = []
        infos = list(self._infos_of_all(positions))
        try:
            for value, info in zip(values, infos, strict=True):
                names.append(resolve(value, info, abstract))
        finally:
            if set(map(type, names)) != {str}:
                self._refuse_awaitables(names)
        known: dict[str, GraphQLObjectType] = {}
        for name, info, value in zip(names, infos, values, strict=True):
            if name not in known:
                known[name] = executor.ensure_valid_runtime_type(name, abstract, step.details, info, value)
        return [known[name] for name in names]

    def _infos(self, function: Callable[..., Any], positions: Positions) -> Iterator[Any]:
        if not ignores_info(function):
            return self._infos_of_all(positions)
        shared = self.walk.shared_info(self.step)
        return iter(lambda: shared, None)

    def _infos_of_all(self, positions: Positions) -> Iterator[Any]:
        infos = self.walk.infos(self.frame, self.step)
        return (infos[position[0]] for position in positions())

    def _inspect(self, values: list[Any]) -> None:
        is_awaitable = self.walk.executor.is_awaitable
        if any(isinstance(value, Exception) or is_awaitable(value) for value in values):
            raise NeedsFallback

    def _refuse_awaitables(self, answers: list[Any]) -> None:
        """Leave asynchronous type checks to graphql-core's executor, which calls them again."""
        if any(map(self.walk.executor.is_awaitable, answers)):
            self.walk.executor.track_async_work(answers)
            raise NeedsFallback

    def _make_lists(self, values: list[Any], levels: int) -> bool:
        """Replace iterables other than lists and tuples by lists. Return False if a value is not iterable or fails.

        A list that belongs to a resolver is copied before an item of it is replaced.
        """
        all_read = True
        for index, value in enumerate(values):
            if value is None or value is Undefined:
                continue
            if type(value) not in _LISTS:
                if not self._is_list(value):
                    all_read = False
                    continue
                items, error = _read_items(value)
                if error is not None:
                    values[index], all_read = _repeat(items, error), False
                    continue
                values[index] = items
            if levels > 1 and not set(map(type, values[index])) <= _LISTS | _ABSENT:
                values[index] = list(values[index])
                all_read &= self._make_lists(values[index], levels - 1)
        return all_read

    def _is_list(self, value: Any) -> bool:
        executor = self.walk.executor
        return not executor.is_awaitable(value) and not executor.is_async_iterable(value) and is_iterable(value)


def _read_items(iterable: Iterable[Any]) -> tuple[list[Any], Exception | None]:
    items: list[Any] = []
    try:
        items.extend(iterable)
    except Exception as error:  # noqa: BLE001 - every error of the iterable becomes an error of its field
        return items, error
    return items, None


def _repeat(items: list[Any], error: Exception) -> Iterator[Any]:
    """Repeat an iterable that failed: yield the items before its failure, then raise its error."""
    yield from items
    raise error
