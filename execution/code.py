"""The code of a plan: a function that makes the response from columns, written for one operation and compiled.

It is ordinary Python source, which `usher explain-plan` prints and tracebacks show with their lines. The names in it
come from the schema. The keys of the response are literals.
"""

import json
import linecache
from collections import Counter
from collections.abc import Callable, Sequence
from itertools import count
from typing import Any
from weakref import finalize

from execution.budget import size_of
from execution.columns import (
    Computed,
    Constant,
    Edges,
    Embedded,
    Leaf,
    Nodes,
    Objects,
    PageInfo,
    Pages,
    Related,
    Resolved,
    RowShape,
    Total,
    Value,
    inside,
)
from execution.leaves import serialize
from execution.plan import NeedsFallback, Step
from execution.sizes import bound_of, longest, repeats

Cursor = Callable[[str, tuple[Any, ...]], str]
Build = Callable[[Any, list[list[Any]], Sequence[Any]], dict[str, Any]]
"""Takes the executor, the columns and a `PageValues` for each page; returns the data of the response."""
Measure = Callable[[list[list[Any]], int], int]
"""Fills in the computed columns. Takes the size of what the walk has built; returns the most bytes of the answer."""
MakeRows = Callable[[list[list[Any]], Sequence[Any]], list[list[Any]]]
"""Takes the columns and the pages; returns the rows of each level of which the walk resolves steps."""

NO_SPAN = (0, 0)
_numbers = count(1)


def spans(keys: list[Any]) -> dict[Any, tuple[int, int]]:
    """Return where the rows of each key begin and end. The rows of a key follow each other."""
    found: dict[Any, tuple[int, int]] = {}
    start = 0
    for key, number in Counter(keys).items():
        found[key] = (start, start + number)
        start += number
    return found


class Code:
    """The compiled source of an operation: `rows`, `measure` and `build`, which are called in this order.

    `slots` say what each column is, for the readers of the source.
    """

    def __init__(self, name: str, root: Objects, slots: Sequence[str], cursor: Cursor) -> None:
        writer = _Writer(cursor)
        writer.lines += [*(f"# c[{number}]: {slot}" for number, slot in enumerate(slots)), "", ""]
        writer.rows(root)
        writer.lines += ["", ""]
        writer.measure(root)
        writer.lines += ["", ""]
        writer.build(root)
        self.source = "\n".join(writer.lines) + "\n"
        file = f"<plan {next(_numbers)} of {name}>"
        linecache.cache[file] = (len(self.source), None, self.source.splitlines(keepends=True), file)
        finalize(self, linecache.cache.pop, file, None)
        exec(compile(self.source, file, "exec"), writer.names)  # noqa: S102 - the source is made of names of the schema
        self.rows: MakeRows = writer.names["rows"]
        self.measure: Measure = writer.names["measure"]
        self.build: Build = writer.names["build"]


class _Writer:
    """Writes the source line by line. `names` are the objects to which the source refers."""

    def __init__(self, cursor: Cursor) -> None:
        self.lines: list[str] = []
        self.names: dict[str, Any] = {
            "NeedsFallback": NeedsFallback,
            "NO_SPAN": NO_SPAN,
            "cursor": cursor,
            "longest": longest,
            "repeats": repeats,
            "serialize": serialize,
            "size_of": size_of,
            "spans": spans,
        }
        self._number = count()

    def rows(self, root: Objects) -> None:
        """Write the function that makes rows for the walk."""
        self.lines += ["def rows(c, pages):"]
        made: list[str] = []
        self._write_rows(root, made)
        self.lines.append(f"    return [{', '.join(made)}]")

    def measure(self, root: Objects) -> None:
        """Write the function that fills in the computed columns and measures the answer."""
        self.lines += ["def measure(c, walked):"]
        self._write_computed(root)
        self.lines.append(f"    return {bound_of(root)}")

    def build(self, root: Objects) -> None:
        """Write the function that makes the data."""
        self.lines += ["def build(executor, c, pages):"]
        items = [f"{_literal(value.step.key)}: {self._column(value)}[0]" for value in root.values]
        self.lines.append(f"    return {{{', '.join(items)}}}")

    def _line(self, prefix: str, expression: str) -> str:
        """Write the assignment of an expression to a new name, and return the name."""
        name = f"{prefix}_{next(self._number)}"
        self.lines.append(f"    {name} = {expression}")
        return name

    def _known(self, prefix: str, thing: Any) -> str:
        name = f"{prefix}_{next(self._number)}"
        self.names[name] = thing
        return name

    def _column(self, value: Value) -> str:
        """Write what makes the column of a step, and return an expression for it."""
        writers: dict[type, Callable[[Any], str]] = {
            Constant: lambda one: f"[{_literal(one.value)}]",
            Leaf: self._leaf,
            Computed: self._computed,
            Embedded: lambda one: self._objects(one.objects),
            Resolved: lambda one: f"c[{one.slot}]",
            Related: self._related,
            Pages: self._pages,
        }
        return writers[type(value)](value)

    def _objects(self, objects: Objects) -> str:
        """Write what makes the response of each object, and return the name of the list."""
        items: list[str] = []
        columns: list[str] = []
        for value in objects.values:
            if isinstance(value, Constant):
                items.append(f"{_literal(value.step.key)}: {_literal(value.value)}")
            else:
                items.append(f"{_literal(value.step.key)}: v{len(columns)}")
                columns.append(self._column(value))
        return self._line(_name(objects.selection.type.name), _dictionaries(items, columns, f"c[{objects.size}]"))

    def _leaf(self, leaf: Leaf) -> str:
        column = f"c[{leaf.slot}]"
        if leaf.nullable and leaf.step.non_null[0]:
            self.lines += [f"    if None in {column}:", "        raise NeedsFallback"]
        if leaf.names is not None:
            names = self._known("names", leaf.names)
            return f"[{names}[value] for value in {column}]"
        return column if leaf.plain else self._serialized(leaf.step, column)

    def _computed(self, computed: Computed) -> str:
        column = f"c[{computed.slot}]"
        if computed.step.non_null[0]:
            self.lines += [f"    if None in {column}:", "        raise NeedsFallback"]
        return self._serialized(computed.step, column)

    def _serialized(self, step: Step, column: str) -> str:
        type_ = self._known(_name(str(step.named)), step.leaf)
        coerce = self._known("coerce", step.coerce_column)
        return self._line(
            _name(step.name), f"serialize(executor, {type_}, {coerce}, {column}, set(map(type, {column})))"
        )

    def _related(self, related: Related) -> str:
        objects = self._objects(related.objects)
        if not related.many:
            by_key = self._line("by_key", f"dict(zip(c[{related.child_key}], {objects}))")
            found = self._line(_name(related.step.name), f"list(map({by_key}.get, c[{related.key}]))")
            if related.required:
                self.lines += [f"    if None in {found}:", "        raise NeedsFallback"]
            return found
        by_key = self._line("by_key", "{}")
        self.lines += [
            f"    for key, one in zip(c[{related.child_key}], {objects}):",
            f"        {by_key}.setdefault(key, []).append(one)",
        ]
        return f"[{by_key}.get(key, []) for key in c[{related.key}]]"

    def _pages(self, pages: Pages) -> str:
        page = f"pages[{pages.number}]"
        items = [f"{_literal(part.step.key)}: {self._part(part, pages, page)}" for part in pages.parts]
        made = f"[{{{', '.join(items)}}} for key in c[{pages.key}]"
        if pages.child_key is None:
            return self._line(_name(pages.step.name), f"{made}]")
        if pages.single:
            self.lines.append(f"    start, end = 0, len(c[{pages.child_key}])")
            return self._line(_name(pages.step.name), f"{made}]")
        span = self._line("span", f"spans(c[{pages.child_key}])")
        return self._line(_name(pages.step.name), f"{made} for start, end in ({span}.get(key, NO_SPAN),)]")

    def _part(self, part: Any, pages: Pages, page: str) -> str:
        """Return an expression for a field of a connection, in which `start`, `end` and `key` are known."""
        match part:
            case Constant():
                return _literal(part.value)
            case Total():
                numbers = self._line("numbers", f"dict(zip(c[{part.child_key}], c[{part.numbers}]))")
                return f"{numbers}.get(key, 0)"
            case Nodes():
                return f"{self._objects(part.objects)}[start:end]"
            case Edges():
                return f"{self._edges(part, pages, page)}[start:end]"
            case PageInfo():
                shown = {
                    "hasNextPage": f"{page}.has_next[key in {page}.more]",
                    "hasPreviousPage": f"{page}.has_previous[key in {page}.more]",
                    "startCursor": f"{_cursor(pages, page, 'start')} if start < end else None",
                    "endCursor": f"{_cursor(pages, page, 'end - 1')} if start < end else None",
                    "__typename": _literal(part.selection.type.name),
                }
                keys = zip(part.selection.keys, part.names, strict=True)
                return "{" + ", ".join(f"{_literal(key)}: {shown[name]}" for key, name in keys) + "}"
        raise TypeError(type(part).__name__)

    def _edges(self, edges: Edges, pages: Pages, page: str) -> str:
        items: list[str] = []
        columns: list[str] = []
        for key, step, objects in zip(edges.selection.keys, edges.selection.steps, edges.objects, strict=True):
            if objects is None and step.name == "__typename":
                items.append(f"{_literal(key)}: {_literal(edges.selection.type.name)}")
                continue
            items.append(f"{_literal(key)}: v{len(columns)}")
            if objects is None:
                keys = ", ".join(f"c[{slot}]" for slot in pages.sort_keys)
                columns.append(f"[cursor({page}.order, key) for key in zip({keys})]")
            else:
                columns.append(self._objects(objects))
        return self._line("edges", _dictionaries(items, columns, f"c[{pages.child_key}]"))

    def _write_rows(self, objects: Objects, made: list[str]) -> None:
        if objects.rows is not None:
            made.append(f"list({self._row(objects.rows)})")
        for value in objects.values:
            for inner in inside(value):
                self._write_rows(inner, made)

    def _write_computed(self, objects: Objects) -> None:
        for value in objects.values:
            if isinstance(value, Computed):
                function = self._known(_name(value.step.name), value.function)
                self.lines.append(f"    c[{value.slot}] = list(map({function}, {self._row(value.rows)}))")
            for inner in inside(value):
                self._write_computed(inner)

    def _row(self, shape: RowShape) -> str:
        """Return an expression that iterates over the rows of a shape."""
        fields = []
        for one in shape.fields:
            if isinstance(one, RowShape):
                fields.append(self._row(one))
            elif isinstance(one, tuple):
                fields.append(f"map({self._known('convert', one[1])}, c[{one[0]}])")
            else:
                fields.append(f"c[{one}]")
        return f"map({self._known('row', shape.make)}, zip({', '.join(fields)}))"


def _dictionaries(items: list[str], columns: list[str], size: str) -> str:
    """Return an expression for a list of dictionaries. In their items, `v0` is a value of the first column."""
    made = f"{{{', '.join(items)}}}"
    if not columns:
        return f"[{made} for _ in {size}]"
    if len(columns) == 1:
        return f"[{made} for v0 in {columns[0]}]"
    names = ", ".join(f"v{index}" for index in range(len(columns)))
    return f"[{made} for {names} in zip({', '.join(columns)})]"


def _cursor(pages: Pages, page: str, index: str) -> str:
    keys = "".join(f"c[{slot}][{index}], " for slot in pages.sort_keys)
    return f"cursor({page}.order, ({keys}))"


def _literal(text: str) -> str:
    """Return a text as Python source, in double quotes."""
    return json.dumps(text)


def _name(text: str) -> str:
    """Return a name for a variable, in lower case, made of a name of the schema."""
    return "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in text).strip("_")
