"""Finds every declared statement in `db`, and makes example arguments for it."""

import importlib
import itertools
import pkgutil
from collections.abc import Callable, Iterator
from datetime import date
from enum import Enum
from types import ModuleType, NoneType
from typing import Any, get_args, get_type_hints

import db
from db.core.paging import Definition, Listing
from domain.reach import Reach


def modules() -> list[ModuleType]:
    """The modules of `db` without its migrations."""
    names = (each.name for each in pkgutil.walk_packages(db.__path__, "db.") if not each.ispkg)
    return [importlib.import_module(name) for name in names if not name.startswith("db.migrations.")]


def declared(kind: type[Any]) -> dict[str, Any]:
    """All objects of this class in the modules of `db`, by module and name."""
    return {
        f"{module.__name__}.{name}": value
        for module in modules()
        for name, value in vars(module).items()
        if isinstance(value, kind)
    }


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


def examples(function: Callable[..., Any]) -> list[tuple[Any, ...]]:
    """Example arguments for a function: one tuple for each combination of shapes."""
    hints = {name: hint for name, hint in get_type_hints(function).items() if name != "return"}
    return list(itertools.product(*(list(_values(hint)) for hint in hints.values())))


def _values(hint: Any) -> Iterator[Any]:
    plain = {str: "x", Reach: Reach(("x",), ("y",), "z"), NoneType: None, date: date(2026, 1, 1)}
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
        yield from itertools.starmap(hint, examples(hint))
