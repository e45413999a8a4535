"""Errors as clients see them. An error of ours shows its code and message; any other error is masked."""

import re
from collections.abc import Sequence
from typing import Any

import structlog
from graphql import GraphQLError

from db.core.connection import DatabaseError
from db.core.database import PoolTimeout
from domain.problems import BadInput, MissingScope, Problem, Unavailable

log = structlog.get_logger()

MASKED_MESSAGE = "Something broke in the gateway. Nothing was changed. Search the log for the request id."
# SQLSTATE class 22: PostgreSQL cannot store a value, such as a text with a NUL.
DATA_EXCEPTION = "22"
# SQLSTATE: the server is down, is stopping or accepts no more connections; a lock or a statement timed out.
UNREACHABLE_STATES, BUSY_STATES = ("08", "53", "57P"), ("40P01", "55P03", "57014")


MAX_MESSAGE, MAX_WORD, SHOWN = 1_000, 120, 60
_LONG_WORD = re.compile(rf"\S{{{MAX_WORD + 1},}}")
# graphql-core shows values as Python writes them. A client knows them as JSON.
_PYTHON_WORD = re.compile(r"(?<=to be )None\b|(?<=: )(?:None|True|False)(?=[.,;}\]]|$)")
_JSON_WORDS = {"None": "null", "True": "true", "False": "false"}


def shortened(message: str) -> str:
    """Return a message in which long words and a long middle are cut: they repeat what the client has sent."""
    if len(message) <= MAX_WORD:
        return message
    message = _LONG_WORD.sub(lambda word: f"{word[0][:SHOWN]}…{word[0][-1]}", message)
    return message if len(message) <= MAX_MESSAGE else f"{message[: MAX_MESSAGE // 2]} … {message[-MAX_MESSAGE // 3 :]}"


def in_words_of_json(message: str) -> str:
    """Return a message of graphql-core with null, true and false as clients write them."""
    return _PYTHON_WORD.sub(lambda word: _JSON_WORDS[word[0]], message)


def formatted(errors: Sequence[GraphQLError] | None, request_id: str) -> list[dict[str, Any]]:
    """Return the errors as the client sees them. Errors that are not ours are logged and masked.

    If a partner token lacks a scope, a field of a hundred rows has a hundred errors. They become one error with the
    path of the first row, and `extensions.rows` is their number.
    """
    shown: list[dict[str, Any]] = []
    of_fields: dict[tuple[object, ...], dict[str, Any]] = {}
    for error in errors or ():
        field = _field_without_scope(error)
        if field is not None and field in of_fields:
            extensions = of_fields[field]["extensions"]
            extensions["rows"] = extensions.get("rows", 1) + 1
            continue
        shown.append(_formatted(error, request_id))
        if field is not None:
            of_fields[field] = shown[-1]
    return shown


def body(problem: Problem) -> dict[str, Any]:
    """Return the body of the answer to a request that was not executed."""
    return {"errors": [{"message": shortened(str(problem)), "extensions": problem.extensions}]}


def internal_error(cause: BaseException, request_id: str) -> dict[str, Any]:
    """Return the body of the answer when the gateway itself failed. The cause is logged and masked."""
    code, message = _masked(cause, request_id)
    return {"errors": [{"message": message, "extensions": {"code": code, "requestId": request_id}}]}


def is_database_away(cause: BaseException) -> bool:
    """Return whether the cause is that the database cannot be reached at the moment."""
    lost = isinstance(cause, OSError) or getattr(cause, "lost", False)
    return lost or _sqlstate(cause).startswith(UNREACHABLE_STATES)


def _sqlstate(cause: BaseException) -> str:
    return (isinstance(cause, DatabaseError) and cause.sqlstate) or ""


def _formatted(error: GraphQLError, request_id: str) -> dict[str, Any]:
    shown: dict[str, Any] = {**error.formatted, "message": shortened(error.message)}
    cause = _cause(error)
    if cause is None:
        shown["message"] = shortened(in_words_of_json(error.message))
    if isinstance(cause, Problem):
        shown["extensions"] = {**cause.extensions}
    elif error.path is None and (cause is None or isinstance(cause, ValueError)):
        # A ValueError before anything ran: Python cannot read a literal, such as a number of 5,000 digits.
        shown["extensions"] = {"code": "GRAPHQL_VALIDATION_FAILED"}
    elif cause is None and error.message.startswith("Argument "):
        # A variable is null where the argument is not nullable. This shows only when the field runs, but it is the
        # client's mistake.
        shown["extensions"] = {"code": BadInput.code}
    else:
        code, shown["message"] = _masked(cause or error, request_id)
        shown["extensions"] = {"code": code, "requestId": request_id}
    return shown


def _field_without_scope(error: GraphQLError) -> tuple[object, ...] | None:
    """Return the field, in whatever row, that a token cannot read for lack of a scope, with the message; else None."""
    if not isinstance(_cause(error), MissingScope):
        return None
    return error.message, *(step for step in error.path or () if isinstance(step, str))


def _cause(error: GraphQLError) -> BaseException | None:
    """Return the exception behind an error, or None if GraphQL itself refused the request."""
    cause = error.original_error
    while isinstance(cause, GraphQLError):
        cause = cause.original_error
    return cause


def _masked(cause: BaseException, request_id: str) -> tuple[str, str]:
    state = _sqlstate(cause)
    if state.startswith(DATA_EXCEPTION):
        return BadInput.code, "A value has characters or numbers that cannot be stored. Correct it and try again."
    if isinstance(cause, RecursionError):
        return BadInput.code, "The request is nested too deeply."
    if is_database_away(cause):
        log.error("database_away", sqlstate=state, request_id=request_id)
        return Unavailable.code, "The database cannot be reached. Try again in a moment."
    if isinstance(cause, PoolTimeout) or state in BUSY_STATES:
        return Unavailable.code, "The gateway is too busy. Nothing was changed. Try again in a moment."
    if isinstance(cause, DatabaseError):
        # PostgreSQL's message may hold a row's values, so only the statement and the SQLSTATE are logged.
        log.error("database_error", sqlstate=state, statement=cause.statement, request_id=request_id)
    else:
        log.error("internal_error", request_id=request_id, exc_info=cause)
    return "INTERNAL", MASKED_MESSAGE
