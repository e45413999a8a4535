"""A step's values made into a column of the response: nulls, lists, leaves, and the objects to go on with."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from types import NoneType
from typing import TYPE_CHECKING, Any

from graphql import GraphQLAbstractType, GraphQLObjectType, Undefined, is_object_type
from graphql.pyutils import is_iterable

from execution.frame import Column, Frame, Lists, Mixed, Nullable, Origin, Place
from execution.leaves import serialize
from execution.plan import Step, Unusual
from execution.type_checks import inert, pathless

if TYPE_CHECKING:
    from execution.walk import Walk

Places = Callable[[], Sequence[Place]]

_ABSENT = {NoneType, type(Undefined)}
_LISTS = {list, tuple}


class Completion:
    """Completes the values of one step of a frame."""

    __slots__ = ("frame", "step", "walk")

    def __init__(self, walk: "Walk", frame: Frame, step: Step) -> None:
        self.walk = walk
        self.frame = frame
        self.step = step

    def column(self, values: list[Any], kinds: set[type]) -> Column | list[Any]:
        """The column of these values, one for each object. Raises Unusual as soon as there is an error to report.

        `kinds` are their types. Iterables that can be read only once are replaced in `values` by what they held.
        """
        levels = len(self.step.non_null) - 1
        if levels:
            if not self._unroll(values, levels):
                raise Unusual
            kinds = set(map(type, values))
        count = len(values)
        return self._level(values, kinds, 0, lambda: [(index,) for index in range(count)])

    def _level(self, values: list[Any], kinds: set[type], depth: int, places: Places) -> Column | list[Any]:
        if not inert(kinds):
            self._inspect(values)
        step = self.step
        is_last = depth == len(step.non_null) - 1
        if not kinds & _ABSENT:
            if is_last and step.leaf is not None:
                return serialize(self.walk.executor, step.leaf, step.shown, values, kinds)
            return self._objects(values, kinds, places) if is_last else self._lists(values, depth, places)
        if step.non_null[depth]:
            raise Unusual
        values = [None if value is Undefined else value for value in values]
        if is_last and step.leaf is not None:
            return serialize(self.walk.executor, step.leaf, step.shown, values, kinds - {type(Undefined)})
        present = [value for value in values if value is not None]

        def left() -> list[Place]:
            return [place for place, value in zip(places(), values, strict=True) if value is not None]

        inner = self._objects(present, kinds - _ABSENT, left) if is_last else self._lists(present, depth, left)
        return Nullable(inner, values)

    def _lists(self, values: list[Any], depth: int, places: Places) -> Column:
        lengths = list(map(len, values))
        items = list(chain.from_iterable(values))

        def below() -> list[Place]:
            counted = zip(places(), lengths, strict=True)
            return [(*place, index) for place, length in counted for index in range(length)]

        return Lists(self._level(items, set(map(type, items)), depth + 1, below), lengths)

    def _objects(self, values: list[Any], kinds: set[type], places: Places) -> Column:
        named = self.step.named
        if is_object_type(named):
            self._check_type(named, values, kinds, places)
            return self._enter(named, values, places)
        types = self._runtime_types(named, values, places)
        if len({*types}) == 1:
            self._check_type(types[0], values, kinds, places)
            return self._enter(types[0], values, places)
        frames: dict[GraphQLObjectType, Frame] = {}
        for type_ in dict.fromkeys(types):
            of_type = [value for value, its in zip(values, types, strict=True) if its is type_]

            def where(type_: GraphQLObjectType = type_) -> list[Place]:
                return [place for place, its in zip(places(), types, strict=True) if its is type_]

            self._check_type(type_, of_type, set(map(type, of_type)), where)
            frames[type_] = self._enter(type_, of_type, where)
        return Mixed(frames, types)

    def _enter(self, type_: GraphQLObjectType, values: list[Any], places: Places) -> Frame:
        selection = self.step.selection(self.walk.executor, self.walk.shortcuts, type_)
        return self.walk.enter(Frame(selection, values, Origin(self.frame, self.step, places)))

    def _check_type(self, type_: GraphQLObjectType, values: list[Any], kinds: set[type], places: Places) -> None:
        if type_.is_type_of is None:
            return
        class_ = self.walk.shortcuts.instances(type_)
        if class_ is not None:
            if not all(issubclass(kind, class_) for kind in kinds):
                raise Unusual
            return
        answers: list[Any] = []
        try:
            for value, info in zip(values, self._infos(type_.is_type_of, places), strict=False):
                answers.append(type_.is_type_of(value, info))
        finally:
            if answers.count(True) < len(values):
                self._refuse_awaitables(answers)
        if not all(answers):
            raise Unusual

    def _runtime_types(
        self, abstract: GraphQLAbstractType, values: list[Any], places: Places
    ) -> list[GraphQLObjectType]:
        executor, step = self.walk.executor, self.step
        resolve = abstract.resolve_type or executor.type_resolver
        names: list[Any] = []
        infos = list(self._infos_of_all(places))
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

    def _infos(self, function: Callable[..., Any], places: Places) -> Iterator[Any]:
        if not pathless(function):
            return self._infos_of_all(places)
        shared = self.walk.shared_info(self.step)
        return iter(lambda: shared, None)

    def _infos_of_all(self, places: Places) -> Iterator[Any]:
        infos = self.walk.infos(self.frame, self.step)
        return (infos[place[0]] for place in places())

    def _inspect(self, values: list[Any]) -> None:
        is_awaitable = self.walk.executor.is_awaitable
        if any(isinstance(value, Exception) or is_awaitable(value) for value in values):
            raise Unusual

    def _refuse_awaitables(self, answers: list[Any]) -> None:
        """Leave asynchronous type checks to graphql-core's executor, which asks them anew."""
        if any(map(self.walk.executor.is_awaitable, answers)):
            self.walk.executor.track_async_work(answers)
            raise Unusual

    def _unroll(self, values: list[Any], levels: int) -> bool:
        """Put a list in the place of everything else that can be iterated; False when something is wrong with it.

        Lists of the caller's are copied before something in them is replaced.
        """
        is_well = True
        for index, value in enumerate(values):
            if value is None or value is Undefined:
                continue
            if type(value) not in _LISTS:
                if not self._is_list(value):
                    is_well = False
                    continue
                items, error = _read(value)
                if error is not None:
                    values[index], is_well = _reread(items, error), False
                    continue
                values[index] = items
            if levels > 1 and not set(map(type, values[index])) <= _LISTS | _ABSENT:
                values[index] = list(values[index])
                is_well &= self._unroll(values[index], levels - 1)
        return is_well

    def _is_list(self, value: Any) -> bool:
        executor = self.walk.executor
        return not executor.is_awaitable(value) and not executor.is_async_iterable(value) and is_iterable(value)


def _read(iterable: Iterable[Any]) -> tuple[list[Any], Exception | None]:
    items: list[Any] = []
    try:
        items.extend(iterable)
    except Exception as error:  # noqa: BLE001 - whatever it raises becomes the error of its field
        return items, error
    return items, None


def _reread(items: list[Any], error: Exception) -> Iterator[Any]:
    """What an iterable that failed gave before it did, and its failure."""
    yield from items
    raise error
