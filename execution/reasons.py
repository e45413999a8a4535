"""The reasons why an operation takes a slower way: graphql-core's executor, or the walk instead of one statement."""

from collections.abc import Callable
from enum import Enum


class Reason(Enum):
    """Why an operation takes a slower way. The first three reasons are known before a field is resolved."""

    INCREMENTAL = "incremental"
    """The document uses `@defer` or `@stream`."""
    FRAGMENT_VARIABLES = "fragment_variables"
    """A fragment of the document declares variables."""
    OPTIONS = "options"
    """There is an abort signal, an execution hook or middleware, or error propagation is switched off."""
    ERROR = "error"
    """There is a GraphQL error to report: a resolver raised one, or the operation does not fit the schema."""
    VALUE = "value"
    """A resolver returned a value that only graphql-core completes, such as null for a non-null field."""
    COMPILE_FAILED = "compile_failed"
    """The plan could not be compiled because of a defect."""
    WALK_FAILED = "walk_failed"
    """The plan could not be executed because of a defect in the walk, or in a function of the schema that it calls."""

    FUSED_READ_FAILED = "fused_read_failed"
    """One statement could not read the operation because of a defect; the walk ran it instead."""


ReportFallback = Callable[[Reason, Exception | None], None]
"""Called at each fallback with its reason, and with the exception if the reason is a defect."""


def ignore_fallback(_reason: Reason, _error: Exception | None) -> None:
    """Do nothing at a fallback."""
