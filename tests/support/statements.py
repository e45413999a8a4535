"""Finds every declared statement in `db`, and makes example arguments for it."""

import importlib
import itertools
import pkgutil
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime
from enum import Enum
from types import ModuleType, NoneType
from typing import Any, get_args, get_type_hints

import db
from db.core.descriptions import Sql
from db.core.paging import _COUNTS, _PAGES, Definition, Listing
from db.core.statements import Prepared, RowQuery, Statement
from domain.paging import Page
from domain.reach import Reach


def modules() -> list[ModuleType]:
    """The modules of `db` without its migrations."""
    names = (each.name for each in pkgutil.walk_packages(db.__path__, "db.") if not each.ispkg)
    return [importlib.import_module(name) for name in names if not name.startswith("db.migrations.")]


def declared(kind: type[Any]) -> dict[str, Any]:
    """All objects of this class in the modules of `db`, also those in tuples and dictionaries, by module and name."""
    return {
        f"{module.__name__}.{name}": value
        for module in modules()
        for named in vars(module).items()
        for name, value in _inside(*named)
        if isinstance(value, kind)
    }


def _inside(name: str, value: Any) -> Iterator[tuple[str, Any]]:
    yield name, value
    if isinstance(value, dict):
        for key, each in value.items():
            yield from _inside(f"{name}[{key}]", each)
    elif isinstance(value, tuple):
        for number, each in enumerate(value):
            yield from _inside(f"{name}[{number}]", each)


def listings() -> dict[str, list[Listing[Any]]]:
    """The listings of each function in `db`, by module and name, one for each shape of its arguments."""
    found: dict[str, list[Listing[Any]]] = {}
    for module in modules():
        for name, value in vars(module).items():
            define = getattr(value, "__wrapped__", None)
            if define is not None and "return" in get_type_hints(define) and value.__module__ == module.__name__:
                result = get_type_hints(define)["return"]
                if getattr(result, "__origin__", None) is Definition:
                    found[f"{module.__name__}.{name}"] = [value(*each) for each in examples(define)]
    return found


def statements() -> dict[str, Iterator[Sql]]:
    """Every declared statement as it goes to the server, by module and name: one for each shape of its arguments.

    They are compiled one by one when the iterator is read.
    """
    plain = {name: iter([each.sql]) for name, each in declared(Statement).items()}
    built = {name: _of_query(each) for name, each in declared(Prepared).items() if each not in (_PAGES, _COUNTS)}
    listed = {name: _of_listings(shapes) for name, shapes in listings().items()}
    return plain | built | listed


def _of_query(query: Prepared) -> Iterator[Sql]:
    for arguments in examples(query.build if isinstance(query, RowQuery) else query._build):
        yield query._compile(arguments).sql


def _of_listings(shapes: list[Listing[Any]]) -> Iterator[Sql]:
    for listing in shapes:
        keys = listing.define(*listing.args).keys
        for place in (None, ("1",) * len(keys)):
            for page in (Page(3, place), Page(3, None, place, backwards=True)):
                yield _PAGES._compile((listing.define, listing.args, ["x"], page)).sql
        yield _COUNTS._compile((listing.define, listing.args, ["x"])).sql


def examples(function: Callable[..., Any]) -> list[tuple[Any, ...]]:
    """Example arguments for a function: one tuple for each combination of shapes."""
    hints = {name: hint for name, hint in get_type_hints(function).items() if name != "return"}
    return list(itertools.product(*(list(_values(hint)) for hint in hints.values())))


def _values(hint: Any) -> Iterator[Any]:
    plain = {str: "x", int: 7, Reach: Reach(("x",), ("y",), "z"), NoneType: None, date: date(2026, 1, 1)}
    plain[datetime] = datetime(2026, 1, 1, tzinfo=UTC)
    if hint in plain:
        yield plain[hint]
    elif hint is bool:
        yield from (False, True)
    elif NoneType in get_args(hint):
        for each in get_args(hint):
            yield from _values(each)
    elif get_args(hint):
        yield ["x"]
    elif issubclass(hint, Enum):
        yield from hint
    else:
        yield from dict.fromkeys(_filters(hint))


def _filters(kind: Callable[..., Any]) -> Iterator[Any]:
    """Each value of each field, once while the other fields have a value and once while they have none.

    The fields of a filter are conditions that know nothing of each other. All combinations would be hundreds.
    """
    choices = [list(_values(hint)) for hint in get_type_hints(kind).values()]
    for start in ([values[0] for values in choices], [values[-1] for values in choices]):
        for place, values in enumerate(choices):
            yield from (kind(*start[:place], value, *start[place + 1 :]) for value in values)
