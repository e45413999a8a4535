"""A step's resolver asked for every object of a frame, by the shortest way that gives what graphql-core would get."""

from collections.abc import Iterator, Mapping
from itertools import chain, repeat
from typing import TYPE_CHECKING, Any

from graphql.execution import default_field_resolver

from execution.fallback import Failure
from execution.frame import Frame
from execution.plan import Step, Unusual
from execution.reasons import Reason
from execution.shortcuts import Direct
from execution.type_checks import immutable

if TYPE_CHECKING:
    from execution.walk import Walk


def resolve(walk: "Walk", frame: Frame, step: Step, values: list[Any]) -> None:
    """Append what the step gives for each object of the frame to `values`.

    When a resolver raises, its Failure is the last of them and Unusual is raised; when its arguments are wrong,
    graphql-core's error is raised and `values` stays empty.
    """
    if step.getter is not None:
        values.extend(map(step.getter, frame.sources))
        if len(values) < len(frame.sources):  # a StopIteration out of a property ends `map` quietly
            raise Unusual
        return
    arguments = step.arguments(walk.executor)
    if step.direct is not None:
        _ask_directly(walk, frame, step, step.direct, arguments, values)
        return
    resolver = step.field.resolve or walk.executor.field_resolver
    if resolver is default_field_resolver:
        _read(walk, frame, step, arguments, values)
        return
    infos, append = walk.infos(frame, step), values.append
    try:
        if not arguments:
            for source, info in zip(frame.sources, infos, strict=True):
                append(resolver(source, info))
        else:
            given = _for_each(walk, step, arguments)
            for source, info in zip(frame.sources, infos, strict=True):
                append(resolver(source, info, **next(given)))
    except Exception as error:
        append(Failure(error))
        raise Unusual(Reason.ERROR) from error


def _ask_directly(
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
            raise Unusual(Reason.ERROR) from error
        return
    given = _for_each(walk, step, arguments)
    for source, info in zip(frame.sources, walk.infos(frame, step), strict=True):
        call = direct.prepare(info, next(given))
        try:
            append(call(source))
        except Exception as error:
            append(Failure(error))
            raise Unusual(Reason.ERROR) from error


def _read(walk: "Walk", frame: Frame, step: Step, arguments: dict[str, Any], values: list[Any]) -> None:
    """Do as `default_field_resolver` does: an item or attribute, called when it can be."""
    name = step.name
    found = [
        source.get(name) if type(source) is dict or isinstance(source, Mapping) else getattr(source, name, None)
        for source in frame.sources
    ]
    if not any(hasattr(kind, "__call__") for kind in set(map(type, found))):  # noqa: B004 - asked of a type
        values.extend(found)
        return
    given = _for_each(walk, step, arguments)
    try:
        for value, info in zip(found, walk.infos(frame, step), strict=True):
            values.append(value(info, **next(given)) if callable(value) else value)
    except Exception as error:
        values.append(Failure(error))
        raise Unusual(Reason.ERROR) from error


def _for_each(walk: "Walk", step: Step, arguments: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """The arguments for one object after the other; what a resolver could change is made anew for each."""
    if all(map(immutable, arguments.values())):
        return repeat(arguments)
    return chain([arguments], (step.arguments(walk.executor) for _ in repeat(None)))
