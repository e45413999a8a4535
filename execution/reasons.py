"""Why graphql-core's executor runs an operation, or takes it over, instead of the breadth-first one."""

from collections.abc import Callable
from enum import Enum


class Reason(Enum):
    """Why graphql-core's executor runs an operation; the first four are known before anything is resolved."""

    INTROSPECTION = "introspection"
    """The operation selects `__schema` or `__type`."""
    INCREMENTAL = "incremental"
    """The document uses `@defer` or `@stream`."""
    FRAGMENT_VARIABLES = "fragment_variables"
    """A fragment of the document declares variables."""
    OPTIONS = "options"
    """There is an abort signal, an execution hook or middleware, or error propagation is switched off."""
    ERROR = "error"
    """There is a GraphQL error to report: a resolver raised one, or the operation does not fit the schema."""
    VALUE = "value"
    """A resolver gave a value that only graphql-core completes, such as a null where none may be."""
    COMPILE_FAILED = "compile_failed"
    """The plan could not be made because of a defect."""
    WALK_FAILED = "walk_failed"
    """The plan could not be followed because of a defect, in the walk or in what it asks of the schema."""


FellBack = Callable[[Reason, Exception | None], None]
"""Told of each fallback, with the exception behind it if that is a defect."""


def unnoticed(_reason: Reason, _error: Exception | None) -> None:
    """Take no note of a fallback."""
