"""What a client learns of an error: its code and message if it is one of ours, else only that something broke."""

from collections.abc import Sequence
from typing import Any

import structlog
from graphql import GraphQLError
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeout

from domain.problems import BadInput, Problem, Unavailable

log = structlog.get_logger()

BROKEN = "Something broke in the gateway; nothing was changed. The log knows more under the request id."
# SQLSTATE class 22: a value that PostgreSQL cannot take, such as a text with a NUL.
DATA_EXCEPTION = "22"
# SQLSTATE: the server is away, goes away, or takes no more; a lock not got, or a statement not done, in time.
AWAY, BUSY = ("08", "53", "57P"), ("40P01", "55P03", "57014")


def formatted(errors: Sequence[GraphQLError] | None, request_id: str) -> list[dict[str, Any]]:
    """The errors as the client sees them; what is not ours is logged and masked."""
    return [_formatted(error, request_id) for error in errors or ()]


def body(problem: Problem) -> dict[str, Any]:
    """The answer to a request that was not carried out at all."""
    return {"errors": [{"message": str(problem), "extensions": problem.extensions}]}


def broken(cause: BaseException, request_id: str) -> dict[str, Any]:
    """The answer when the gateway itself failed; logged and masked."""
    code, message = _foreign(cause, request_id)
    return {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}


def away(cause: BaseException) -> bool:
    """Whether it only tells that the database cannot be reached at the moment."""
    lost = isinstance(cause, OSError) or getattr(cause, "connection_invalidated", False)
    return lost or _state(cause).startswith(AWAY)


def _state(cause: BaseException) -> str:
    return getattr(getattr(cause, "orig", None), "sqlstate", None) or ""


def _formatted(error: GraphQLError, request_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = dict(error.formatted)
    cause = _cause(error)
    if isinstance(cause, Problem):
        shown["extensions"] = cause.extensions
    elif error.path is None and (cause is None or isinstance(cause, ValueError)):
        # A ValueError before anything ran: a literal that Python does not read, such as a number of 5,000 digits.
        shown["extensions"] = {"code": "GRAPHQL_VALIDATION_FAILED"}
    elif cause is None and error.message.startswith("Argument "):
        # A null variable where an argument takes none: known only when the field runs, but the client's to mend.
        shown["extensions"] = {"code": BadInput.code}
    else:
        code, shown["message"] = _foreign(cause or error, request_id)
        shown["extensions"] = {"code": code, "requestId": request_id}
    return shown


def _cause(error: GraphQLError) -> BaseException | None:
    """The exception behind an error; None when GraphQL itself refused the request."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _foreign(cause: BaseException, request_id: str) -> tuple[str, str]:
    state = _state(cause)
    if state.startswith(DATA_EXCEPTION):
        return BadInput.code, "A value holds characters or numbers that cannot be stored; mend it and try again."
    if isinstance(cause, RecursionError):
        return BadInput.code, "The request is nested too deeply."
    if away(cause):
        log.error("database_away", sqlstate=state, request_id=request_id)
        return Unavailable.code, "The database cannot be reached; try again in a moment."
    if isinstance(cause, PoolTimeout) or state in BUSY:
        return Unavailable.code, "Too much is going on; nothing was changed. Try again in a moment."
    if isinstance(cause, DBAPIError):
        # PostgreSQL's message may hold a row's values: the statement and the state are enough to find the place.
        log.error("database_error", sqlstate=state, statement=cause.statement, request_id=request_id)
    else:
        log.error("internal_error", request_id=request_id, exc_info=cause)
    return "INTERNAL", BROKEN
