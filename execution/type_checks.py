"""What types and functions tell without being run, so that a column of values is checked once instead of one by one."""

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
_pathless: WeakKeyDictionary[Callable[..., Any], bool] = WeakKeyDictionary()


def inert(kinds: set[type]) -> bool:
    """Whether values of these types can be neither awaited nor raised, so that asking each of them is needless."""
    return kinds <= _PLAIN or all(map(_is_inert, kinds))


def immutable(value: object) -> bool:
    """Whether a coerced argument may be handed to several resolvers without one changing it for the next."""
    return type(value) in _IMMUTABLE or isinstance(value, Enum)


def reads_only(function: Callable[..., Any], position: int, attributes: frozenset[str]) -> bool:
    """Whether a function's parameter is used for nothing but reading these attributes of it.

    Known from the byte code: every load of the parameter is followed by the load of such an attribute. False for
    whatever cannot be told: other callables, a parameter kept by an inner function, `locals()` and the like.
    """
    if not isinstance(function, FunctionType):
        return False
    code = function.__code__
    if position >= code.co_argcount or _REFLECTIVE & {*code.co_names}:
        return False
    name = code.co_varnames[position]
    return name not in code.co_cellvars and _loads_only(code, name, attributes)


def pathless(function: Callable[..., Any]) -> bool:
    """Whether a type check ignores the info that it gets as the second argument."""
    try:
        known = _pathless.get(function)
    except TypeError:  # cannot be referred to weakly or hashed
        return False
    if known is None:
        known = _pathless[function] = reads_only(function, 1, frozenset())
    return known


def _loads_only(code: CodeType, name: str, attributes: frozenset[str]) -> bool:
    instructions = list(dis.get_instructions(code))
    for this, following in pairwise(instructions):
        if not _names(this, name):
            continue
        if this.opname != "LOAD_FAST" or following.opname not in {"LOAD_ATTR", "LOAD_METHOD"}:
            return False
        if following.argval not in attributes:
            return False
    return True


def _names(instruction: dis.Instruction, name: str) -> bool:
    local = "_FAST" in instruction.opname or "_DEREF" in instruction.opname
    return local and name in (instruction.argval if isinstance(instruction.argval, tuple) else (instruction.argval,))


def _is_inert(kind: type) -> bool:
    known = _inert.get(kind)
    if known is None:
        known = _inert[kind] = _looks_inert(kind)
    return known


def _looks_inert(kind: type) -> bool:
    if kind is GeneratorType or issubclass(kind, Exception) or hasattr(kind, "__await__"):
        return False
    # A proxy answers for another object's class and attributes; only the object itself can tell then.
    return not any(
        "__getattr__" in vars(base) or "__class__" in vars(base) or isinstance(base.__getattribute__, FunctionType)
        for base in kind.__mro__
        if base is not object
    )
