"""Resolve a step for every object of a frame, by the shortest way to the values that graphql-core would get."""

from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from graphql.execution import default_field_resolver

from execution.fallback import Failure
from execution.frame import Frame
from execution.plan import NeedsFallback, Step
from execution.reasons import Reason
from execution.shortcuts import Direct
from execution.type_checks import ignores_info, immutable

if TYPE_CHECKING:
    from execution.walk import Walk


def resolve(walk: "Walk", frame: Frame, step: Step, values: list[Any]) -> None:
    """Append the value of the step for each object of the frame to `values`.

    If a resolver raises an error, append a Failure as the last value and raise NeedsFallback. If the arguments are
    wrong, graphql-core's error is raised and `values` stays empty.
    """
    if step.getter is not None:
        values.extend(map(step.getter, frame.sources))
        if len(values) < len(frame.sources):  # a StopIteration raised by a property ends `map` without an error
            raise NeedsFallback
        return
    arguments = step.arguments(walk.executor)
    if step.direct is not None:
        _resolve_directly(walk, frame, step, step.direct, arguments, values)
        return
    resolver = step.field.resolve or walk.executor.field_resolver
    if resolver is default_field_resolver:
        _resolve_by_default(walk, frame, step, arguments, values)
        return
    # The resolvers of introspection ignore the info.
    infos = repeat(walk.shared_info(step)) if ignores_info(resolver) else walk.infos(frame, step)
    append = values.append
    try:
        if not arguments:
            for source, info in zip(frame.sources, infos, strict=False):
                append(resolver(source, info))
        else:
            given = _arguments_for_each(walk, step, arguments)
            for source, info in zip(frame.sources, infos, strict=False):
                append(resolver(source, info, **next(given)))
    except Exception as error:
        append(Failure(error))
        raise NeedsFallback(Reason.ERROR) from error


def _resolve_directly(
    walk: "Walk", frame: Frame, step: Step, direct: Direct, arguments: dict[str, Any], values: list[Any]
) -> None:
    append = values.append
    if direct.shares_info and all(map(immutable, arguments.values())):
        call = direct.prepare(walk.shared_info(step), arguments)
        try:
            for source in frame.sources:
                append(call(source))
        except Exception as error:
            append(Failure(error))
            raise NeedsFallback(Reason.ERROR) from error
        return
    given = _arguments_for_each(walk, step, arguments)
    for source, info in zip(frame.sources, walk.infos(frame, step), strict=True):
        call = direct.prepare(info, next(given))
        try:
            append(call(source))
        except Exception as error:
            append(Failure(error))
            raise NeedsFallback(Reason.ERROR) from error


def _resolve_by_default(walk: "Walk", frame: Frame, step: Step, arguments: dict[str, Any], values: list[Any]) -> None:
    """Resolve as `default_field_resolver` does: read an item or an attribute, and call it if it can be called."""
    name = step.name
    found = [
        source.get(name) if type(source) is dict or isinstance(source, Mapping) else getattr(source, name, None)
        for source in frame.sources
    ]
    if not any(hasattr(kind, "__call__") for kind in set(map(type, found))):  # noqa: B004 - the check is on a type
        values.extend(found)
        return
    given = _arguments_for_each(walk, step, arguments)
    try:
        for value, info in zip(found, walk.infos(frame, step), strict=True):
            values.append(value(info, **next(given)) if callable(value) else value)
    except Exception as error:
        values.append(Failure(error))
        raise NeedsFallback(Reason.ERROR) from error


def _arguments_for_each(walk: "Walk", step: Step, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield the arguments for each object. Arguments that a resolver could change are made again for each object."""
    if all(map(immutable, arguments.values())):
        return repeat(arguments)
    return chain([arguments], (step.arguments(walk.executor) for _ in repeat(None)))
