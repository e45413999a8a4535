"""Plans how one statement reads an operation: field by field, from the root down."""

from collections.abc import Mapping
from typing import Any, get_origin, get_type_hints

from graphql import GraphQLObjectType, TypeNameMetaFieldDef
from graphql.execution import Executor

from db.core.fusion import Kind, OwnKey
from db.core.rows import PARENT, conversion, is_row, row_constructor
from execution.columns import (
    Computed,
    Constant,
    Edges,
    Embedded,
    Nodes,
    Objects,
    PageInfo,
    Pages,
    Related,
    Resolved,
    RowShape,
    Total,
    Value,
)
from execution.plan import Selection, Step
from execution.shortcuts import Shortcuts
from resolvers.core import relay
from resolvers.core.relations import Loaded, NotFused, OwnRow, OwnValue, Relation, Sketch
from schema.core.fused.plan import Below, Draft, Field, FusedPlan, GivenRow, NoPlan, Place, Read
from schema.core.fused.steps import field_of, flat_columns, leaf_of, python_name, resolver_of

MAX_LEVELS, MAX_COLUMNS = 16, 200
"""The size of the largest statement that is made: compiling and planning a larger one makes others wait."""
_KEYS = {OwnRow.ACTOR: OwnKey.ACTOR, OwnRow.ARGUMENT: OwnKey.VALUE}


class TooLarge(Exception):
    """The operation has more levels or columns than one statement may have."""


class Planner:
    """Plans one operation. The arguments of this request tell what its fields load; `FusedRead.bind` checks it later.

    `reasons` say for fields why they are not part of the statement, and `no_plan` when there is no plan.
    """

    def __init__(self, executor: Executor[Any], shortcuts: Shortcuts, sketch: Sketch) -> None:
        self._executor, self._shortcuts, self._sketch = executor, shortcuts, sketch
        self.reasons: list[tuple[str, str]] = []
        self.no_plan = NoPlan()

    def plan(self, selection: Selection) -> FusedPlan | None:
        """Return the plan; None if a field of the root cannot be read with the statement, or if none reads anything."""
        self._plan = plan = FusedPlan(Objects(selection, 0))
        for step in selection.steps:
            try:
                plan.root.values.append(self._root_value(step))
            except NotFused as reason:
                # The rest of the operation would need other statements, which must see the same moment.
                self.reasons.append((step.name, str(reason)))
                return None
            except TooLarge:
                self.reasons.append((step.name, f"it has more than {MAX_LEVELS} levels or {MAX_COLUMNS} columns"))
                return None
        return plan if plan.reads or plan.given else None

    def _root_value(self, step: Step) -> Value:
        self.no_plan = NoPlan()
        if step.field is TypeNameMetaFieldDef:
            return Constant(step, self._plan.root.selection.type.name)
        resolver = resolver_of(step)
        given = getattr(resolver, "given", None)
        if given is not None:
            row = GivenRow(field_of(step, given.row), given)
            self._plan.given.append(row)
            hints = get_type_hints(given.row_type)
            place = Place(row, None, given.row_type, hints)
            return Embedded(step, self._objects(step, place, given.row_type, self._slot(place, next(iter(hints)))))
        own_key = getattr(resolver, "own_key", None)
        if own_key is None:
            raise NotFused("a resolver finds it")
        field = field_of(step, resolver.sketch)
        loaded = field.loaded(self._executor, self._sketch)
        self.no_plan = NoPlan(field, loaded.batch)
        key: str | Field = own_key or field
        below = Below(self._own_slot(), OwnKey.VALUE, None, key)
        self._plan.keys.append((below.slot, key))
        if loaded.batch is relay.read:
            return self._pages(step, field, loaded, below)
        return self._related(step, field, loaded.batch, below)

    def _objects(self, step: Step, place: Place, row_type: Any, size: int) -> Objects:
        """Plan the objects of a step. Raises NotFused if no type that it can have shows these rows."""
        named = step.named
        types = [named] if isinstance(named, GraphQLObjectType) else self._executor.schema.get_possible_types(named)
        type_ = next((one for one in types if self._shortcuts.instances(one) is row_type), None)
        if type_ is None:
            raise NotFused("its type shows other rows")
        objects = Objects(step.selection(self._executor, self._shortcuts, type_), size)
        for one in objects.selection.steps:
            mark = self._plan.mark()
            try:
                objects.values.append(self._value(one, place, type_, size))
            except NotFused as reason:
                self._plan.undo(mark)
                self.reasons.append((f"{type_.name}.{one.name}", str(reason)))
                objects.values.append(Resolved(one, self._own_slot()))
        if objects.rest:
            objects.rows = self._row_shape(row_type, place)
        return objects

    def _value(self, step: Step, place: Place, type_: GraphQLObjectType, size: int) -> Value:
        if step.field is TypeNameMetaFieldDef:
            return Constant(step, type_.name)
        attribute = self._shortcuts.attribute(step.field)
        if attribute is None:
            return self._loaded_value(step, place)
        if attribute not in place.hints:
            raise NotFused("a property of the row shows it")
        hint = place.hints[attribute]
        if len(step.non_null) > 1:
            raise NotFused("it is a list")
        if is_row(hint):
            inner = Place(place.source, place.level, hint, get_type_hints(hint), f"{place.prefix}{attribute}_")
            return Embedded(step, self._objects(step, inner, hint, size))
        if step.leaf is None:
            raise NotFused("its value is no row")
        return leaf_of(step, hint, self._slot(place, attribute))

    def _loaded_value(self, step: Step, place: Place) -> Value:
        """Plan a field that is loaded by a key of its parent."""
        resolver = resolver_of(step)
        keys = getattr(resolver, "keys", ())
        if not keys or not set(keys) <= set(place.hints):
            return self._computed(step, place)
        field = field_of(step, resolver.sketch)
        loaded = field.loaded(self._executor, self._sketch)
        if isinstance(loaded.batch, OwnValue):
            self._plan.conditions.append(loaded.batch.all_seen)
            return leaf_of(step, place.hints[keys[-1]], self._slot(place, keys[-1]))
        if len(keys) > 1:
            raise NotFused("its key has several parts")
        slot = self._slot(place, keys[0])
        if isinstance(place.source, GivenRow):
            own_key = _KEYS[place.source.given.key]
            below = Below(slot, own_key, None, place.source.arguments if own_key is OwnKey.VALUE else None)
        else:
            below = Below(slot, f"{place.prefix}{keys[0]}", place.level, None)
        value: Value
        try:
            if loaded.batch is relay.read:
                value = self._pages(step, field, loaded, below)
            else:
                value = self._related(step, field, loaded.batch, below)
        except NotFused:
            self._plan.apart.append((field, loaded.batch))
            raise
        actions, team = resolver.guard
        self._plan.guards += [(action, self._slot(place, team)) for action in actions]
        return value

    def _computed(self, step: Step, place: Place) -> Computed:
        """Plan a field that a function computes from the row alone."""
        function = self._shortcuts.of_source(step.field)
        if function is None or step.leaf is None or len(step.non_null) > 1:
            raise NotFused("a resolver finds it")
        return Computed(step, function, self._row_shape(place.row_type, place), self._own_slot())

    def _related(self, step: Step, field: Field, relation: Any, below: "Below") -> Related:
        if not isinstance(relation, Relation):
            raise NotFused("its loader is not described")
        if len(step.non_null) != (2 if relation.many else 1):
            raise NotFused("its value is another list")
        columns = flat_columns(relation.columns)
        if relation.key == PARENT.name:
            columns[relation.key] = str
        read = Read(field, relation, None, "", below.value, parents=below.slot)
        read.rows = self._add(Kind.ROWS, columns, below, relation.query)
        self._plan.reads.append(read)
        key_slot = self._slot_of(read.rows, relation.key)
        row_type = relation.columns.row
        place = Place(self._plan.drafts[read.rows], read.rows, row_type, get_type_hints(row_type))
        objects = self._objects(step, place, row_type, key_slot)
        is_root = below.level is None and below.value is field
        required = is_root or relation.missing is not None or (step.non_null[0] and not relation.many)
        return Related(step, below.slot, key_slot, objects, relation.many, required)

    def _pages(self, step: Step, field: Field, loaded: Loaded, below: "Below") -> Pages:
        lister, _, order, args = loaded.args
        listing = lister(self._sketch, *args)
        definition = listing.define(*listing.args)
        connection = step.selection(self._executor, self._shortcuts, step.named)
        read = Read(field, relay.read, lister, order, below.value, number=self._plan.pages, parents=below.slot)
        self._plan.pages += 1
        pages = Pages(step, read.number, below.slot, [], None, below.level is None)
        names = [python_name(one) for one in connection.steps]
        place = None
        if not set(names) <= {"total_count", "__typename"}:
            columns = {str(PARENT.name): str, **flat_columns(definition.columns)}
            sort_keys = [f"key_{n}" for n in range(len(definition.keys))]
            read.page = self._add(Kind.PAGE, columns | dict.fromkeys(sort_keys, Any), below)
            self._plan.drafts[read.page].single = pages.single
            row_type = definition.columns.row
            place = Place(self._plan.drafts[read.page], read.page, row_type, get_type_hints(row_type))
            pages.child_key = self._slot_of(read.page, str(PARENT.name))
            if any(self._shows_cursor(one) for one in connection.steps):
                pages.sort_keys = [self._slot_of(read.page, name) for name in sort_keys]
        if "total_count" in names:
            read.count = self._add(Kind.COUNT, {str(PARENT.name): str, "number": int}, below)
        self._plan.reads.append(read)
        for one, name in zip(connection.steps, names, strict=True):
            pages.parts.append(self._part(one, name, read, place, definition.columns.row))
        return pages

    def _part(self, step: Step, name: str, read: Read, place: Place | None, row_type: Any) -> Any:
        """Plan a field of a connection."""
        if name == "__typename":
            return Constant(step, step.parent.name)
        if name == "total_count" and read.count is not None:
            return Total(step, self._slot_of(read.count, str(PARENT.name)), self._slot_of(read.count, "number"))
        if place is None or read.page is None:
            raise NotFused("it has no rows")
        size = self._slot_of(read.page, str(PARENT.name))
        if name == "nodes":
            return Nodes(step, self._objects(step, place, row_type, size))
        selection = step.selection(self._executor, self._shortcuts, step.named)
        if name == "page_info":
            return PageInfo(step, selection, tuple(one.name for one in selection.steps))
        if name != "edges":
            raise NotFused("it is no part of a page")
        nodes = [self._objects(one, place, row_type, size) if one.name == "node" else None for one in selection.steps]
        return Edges(step, selection, tuple(nodes))

    def _shows_cursor(self, step: Step) -> bool:
        """Whether a field of a connection shows a cursor, for which the sort key of a row is needed."""
        if not isinstance(step.named, GraphQLObjectType):
            return False
        below = step.selection(self._executor, self._shortcuts, step.named)
        return any(one.name in {"cursor", "startCursor", "endCursor"} for one in below.steps)

    def _add(self, kind: Kind, columns: Mapping[str, Any], below: "Below", rows: Any = None) -> int:
        """Add a level and return its number. Raises NotFused if it has a column that cannot be put into an array."""
        if any(get_origin(hint) in {list, dict} for hint in columns.values()):
            raise NotFused("its rows hold lists")
        if len(self._plan.drafts) == MAX_LEVELS:
            raise TooLarge
        draft = Draft(kind, below.key, columns, rows=rows)
        if below.level is not None:
            draft.parent, draft.first_only = below.level, self._plan.drafts[below.level].single
        self._plan.drafts.append(draft)
        return len(self._plan.drafts) - 1

    def _slot(self, place: Place, name: str) -> int:
        """Return the slot of an attribute of a row."""
        if place.level is not None:
            return self._slot_of(place.level, f"{place.prefix}{name}")
        known: dict[str, int] = place.source.slots
        if name not in known:
            known[name] = self._own_slot()
        return known[name]

    def _slot_of(self, level: int, column: str) -> int:
        """Return the slot of a column of a level."""
        used = self._plan.drafts[level].used
        if column not in used:
            if len(self._plan.slots) == MAX_COLUMNS:
                raise TooLarge
            used[column] = len(self._plan.slots)
            self._plan.slots.append((level, column))
        return used[column]

    def _own_slot(self) -> int:
        """Return a new slot that is filled after the statement."""
        self._plan.slots.append(None)
        return len(self._plan.slots) - 1

    def _row_shape(self, row_type: Any, place: Place) -> RowShape:
        """Return how rows are made of the columns of a place."""
        fields: list[Any] = []
        for name, hint in get_type_hints(row_type).items():
            if is_row(hint):
                inner = Place(place.source, place.level, hint, get_type_hints(hint), f"{place.prefix}{name}_")
                fields.append(self._row_shape(hint, inner))
            else:
                # A given row has the values already; a column of the database has the values that Enums stand for.
                convert = None if place.level is None else conversion(hint)
                slot = self._slot(place, name)
                fields.append(slot if convert is None else (slot, convert))
        return RowShape(row_constructor(row_type), fields)
