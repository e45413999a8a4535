"""Idempotency keys: how a repeat of a request is recognised, and the answer that is stored for it."""

import hashlib
from dataclasses import fields, replace
from functools import cache
from typing import Any, TypeVar, cast

import orjson
from pydantic import TypeAdapter
from strawberry.utils.str_converters import to_camel_case

from db.audit import audit_log
from db.core.connection import Connection
from domain.actions import Action
from domain.problems import BadInput, KeyReused, UserError, UserErrorCode
from resolvers.core.mutation_types import MutationInput, Payload

MAX_KEY = 255

P = TypeVar("P", bound=Payload)


async def claim(connection: Connection, owner: str, action: Action, input: MutationInput) -> bytes | None:
    """Claim the key of an input. Returns None if the key is new, and the stored answer if the request is a repeat.

    Raises BadInput for a bad key, and KeyReused for a key of another request.
    """
    key = input.idempotency_key or ""
    if not 1 <= len(key) <= MAX_KEY or "\0" in key:
        raise BadInput(f"`idempotencyKey` must have 1 to {MAX_KEY} characters and no NUL.")
    hash_ = request_hash(input)
    first = await audit_log.claim_key(connection, owner, key, action, hash_)
    if first is None:
        return None
    if first.action != action or first.request_hash != hash_ or first.payload is None:
        raise KeyReused("This `idempotencyKey` was used for another request; use a new key for a new request.")
    return first.payload


def request_hash(input: MutationInput) -> bytes:
    """The SHA-256 of an input without its secrets and its key: equal for a repeat, different for another request."""
    values = {f.name: getattr(input, f.name) for f in fields(input) if f.name not in _secrets(type(input))}
    del values["idempotency_key"]
    return hashlib.sha256(orjson.dumps(values, default=_file_hash, option=orjson.OPT_SORT_KEYS)).digest()


def answer_of(payload: Payload) -> bytes:
    """The payload as JSON without its secrets, as it is stored for repeats; SECRET_SHOWN_ONCE says which it had."""
    secrets = _secrets(type(payload))
    shown = [_shown_once(secret) for secret in secrets if getattr(payload, secret) is not None]
    errors = [*payload.errors, *shown]
    public = replace(cast("Any", payload), **dict.fromkeys(secrets), errors=errors)
    return _adapter(type(payload)).dump_json(public)


def payload_of(kind: type[P], answer: bytes) -> P:
    """The payload of a stored answer."""
    payload: P = _adapter(kind).validate_json(answer)
    return payload


def _shown_once(secret: str) -> UserError:
    message = f"`{to_camel_case(secret)}` was in the first answer only; Usher does not store it."
    return UserError(UserErrorCode.SECRET_SHOWN_ONCE, message)


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
