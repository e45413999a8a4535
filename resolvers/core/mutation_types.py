"""What the inputs and the payloads of all mutations have in common."""

from dataclasses import dataclass
from typing import Protocol

from domain.problems import UserError


@dataclass(kw_only=True)
class MutationInput:
    """The fields of every input. `SECRETS` (optional, also in payloads) names fields that are not stored or hashed."""

    idempotency_key: str | None = None
    dry_run: bool = False


class Payload(Protocol):
    """The field that every payload has."""

    errors: list[UserError]
