"""Properties of types and functions that can be checked once for a column, instead of once for each value."""

import dis
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from enum import Enum
from itertools import pairwise
from types import CodeType, FunctionType, GeneratorType
from typing import Any
from uuid import UUID
from weakref import WeakKeyDictionary

_PLAIN = frozenset({type(None), bool, int, float, str, bytes, list, tuple, dict, set, frozenset})
_IMMUTABLE = frozenset({type(None), bool, int, float, str, date, datetime, time, timedelta, Decimal, UUID})
_REFLECTIVE = frozenset({"locals", "vars", "dir", "eval", "exec"})

_inert: WeakKeyDictionary[type, bool] = WeakKeyDictionary()
_ignores_info: WeakKeyDictionary[Callable[..., Any], bool] = WeakKeyDictionary()


def inert(kinds: set[type]) -> bool:
    """Whether no value of these types can be an awaitable or an exception, so that no value needs a check."""
    return kinds <= _PLAIN or all(map(_is_inert, kinds))


def immutable(value: object) -> bool:
    """Whether several resolvers can get the same coerced argument, because no resolver can change it."""
    return type(value) in _IMMUTABLE or isinstance(value, Enum)


def reads_only(function: Callable[..., Any], position: int, attributes: frozenset[str]) -> bool:
    """Whether a function only reads these attributes of the parameter at this position, and does nothing else with it.

    This is read from the byte code: such an attribute must be loaded after every load of the parameter. Returns False
    if it is not certain: for other callables, for a parameter that an inner function uses, for `locals()` and the like.
    """
    if not isinstance(function, FunctionType):
        return False
    code = function.__code__
    if position >= code.co_argcount or _REFLECTIVE & {*code.co_names}:
        return False
    name = code.co_varnames[position]
    return name not in code.co_cellvars and _loads_only(code, name, attributes)


def ignores_info(function: Callable[..., Any]) -> bool:
    """Whether a type check ignores its second argument, the info."""
    try:
        known = _ignores_info.get(function)
    except TypeError:  # a callable without weak references or a hash
        return False
    if known is None:
        known = _ignores_info[function] = reads_only(function, 1, frozenset())
    return known


def _loads_only(code: CodeType, name: str, attributes: frozenset[str]) -> bool:
    instructions = list(dis.get_instructions(code))
    for this, following in pairwise(instructions):
        if not _uses(this, name):
            continue
        if this.opname != "LOAD_FAST" or following.opname not in {"LOAD_ATTR", "LOAD_METHOD"}:
            return False
        if following.argval not in attributes:
            return False
    return True


def _uses(instruction: dis.Instruction, name: str) -> bool:
    local = "_FAST" in instruction.opname or "_DEREF" in instruction.opname
    return local and name in (instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,))


def _is_inert(kind: type) -> bool:
    known = _inert.get(kind)
    if known is None:
        known = _inert[kind] = _check_inert(kind)
    return known


def _check_inert(kind: type) -> bool:
    if kind is GeneratorType or issubclass(kind, Exception) or hasattr(kind, "__await__"):
        return False
    # A proxy shows the class and the attributes of another object, so its type is not enough for a check.
    return not any(
        "__getattr__" in vars(base) or "__class__" in vars(base) or isinstance(base.__getattribute__, FunctionType)
        for base in kind.__mro__
        if base is not object
    )
