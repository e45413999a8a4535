"""Idempotency keys: how a repeat of a request is recognised, and the answer that is stored for it."""

import hashlib
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar, cast

import orjson
from pydantic import TypeAdapter

from domain.problems import UserError, UserErrorCode
from resolvers.core.mutation_types import MutationInput, Payload

P = TypeVar("P", bound=Payload)


def request_hash(input: MutationInput) -> bytes:
    """The SHA-256 of an input without its secrets and its key: equal for a repeat, different for another request."""
    values = {f.name: getattr(input, f.name) for f in fields(input) if f.name not in _secrets(type(input))}
    del values["idempotency_key"]
    return hashlib.sha256(orjson.dumps(values, default=_file_hash, option=orjson.OPT_SORT_KEYS)).digest()


def answer_of(payload: Payload) -> bytes:
    """The payload as JSON without its secrets, as it is stored for repeats."""
    public = replace(cast("Any", payload), **dict.fromkeys(_secrets(type(payload))))
    return _adapter(type(payload)).dump_json(public)


def payload_of(kind: type[P], answer: bytes) -> P:
    """The payload of a stored answer, with the information SECRET_SHOWN_ONCE for each of its secrets."""
    payload: P = _adapter(kind).validate_json(answer)
    for secret in _secrets(kind):
        message = f"`{secret}` was in the first answer only; Usher does not store it."
        payload.errors.append(UserError(UserErrorCode.SECRET_SHOWN_ONCE, message))
    return payload


def _file_hash(value: object) -> str:
    """The SHA-256 in hex of the content of a file. Raises TypeError for any other value."""
    if isinstance(value, bytes):
        return hashlib.sha256(value).hexdigest()
    raise TypeError(type(value).__name__)


def _secrets(kind: type) -> tuple[str, ...]:
    return getattr(kind, "SECRETS", ())


@cache
def _adapter(kind: type) -> TypeAdapter[Any]:
    return TypeAdapter(kind)
