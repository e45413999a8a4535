"""What the inputs, the payloads and the errors of mutations have in common."""

from dataclasses import dataclass
from typing import Protocol

from domain.problems import Unavailable, UserError


@dataclass(kw_only=True)
class MutationInput:
    """The fields of every input. `SECRETS` (optional, also in payloads) names fields that are not stored or hashed."""

    idempotency_key: str | None = None
    dry_run: bool = False


class Payload(Protocol):
    """The field that every payload has."""

    errors: list[UserError]


class PeopleMoved(Unavailable):
    """While a mutation waited for locks, its filter began to find other people. It runs again, twice at most."""
