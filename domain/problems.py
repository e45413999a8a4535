"""What can go wrong, in one tree.

Problem                 what must not happen: a GraphQL error with `extensions.code`
├── Unauthenticated     nobody is signed in, or the token is no longer good
├── Forbidden           the policy says no to something the actor may read
├── NotFound            there is no such thing, or the actor may not read it: the two look alike
├── KeyReused           an idempotency key came back with another request
├── Unavailable         not now: too much is going on; the same request may go through later
└── BadInput            the request itself is malformed

What a caller can expect to happen (no seat left, e-mail taken) is no exception but a `UserError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum


class Problem(Exception):
    """A refusal the client is told about; `code` and `extensions` become the error's `extensions`."""

    code = "INTERNAL"

    def __init__(self, message: str, extensions: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.extensions = {"code": self.code, **(extensions or {})}


class Unauthenticated(Problem):
    """Sign in first."""

    code = "UNAUTHENTICATED"


class Forbidden(Problem):
    """The policy denies it; `extensions.policy` says what would allow it."""

    code = "FORBIDDEN"


class NotFound(Problem):
    """No such object for this actor: unknown and unreadable give the same answer."""

    code = "NOT_FOUND"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what} with this id that you may see.")


class KeyReused(Problem):
    """An idempotency key stands for one request; this is another one."""

    code = "IDEMPOTENCY_KEY_REUSED"


class Unavailable(Problem):
    """Nothing changed; try again."""

    code = "UNAVAILABLE"


class BadInput(Problem):
    """The request is malformed; the message says how to mend it."""

    code = "BAD_USER_INPUT"


class UserErrorCode(Enum):
    """Why a mutation did not do, or did not need to do, what was asked."""

    ALREADY_ASSIGNED = "already_assigned"
    ALREADY_IN_ROLE = "already_in_role"
    ALREADY_MEMBER = "already_member"
    ALREADY_REQUESTED = "already_requested"
    CONFIRM_NEEDED = "confirm_needed"
    DUPLICATE = "duplicate"
    EMAIL_DIFFERS = "email_differs"
    EMAIL_INVALID = "email_invalid"
    EMAIL_TAKEN = "email_taken"
    EXPIRY_INVALID = "expiry_invalid"
    GROUP_NOT_FOUND = "group_not_found"
    INVALID_CREDENTIALS = "invalid_credentials"
    INVITATION_ACCEPTED = "invitation_accepted"
    INVITATION_EXPIRED = "invitation_expired"
    INVITATION_INVALID = "invitation_invalid"
    INVITATION_PENDING = "invitation_pending"
    LAST_CONTRACT_MANAGER = "last_contract_manager"
    LIST_EMPTY = "list_empty"
    LIST_TOO_LONG = "list_too_long"
    NAME_INVALID = "name_invalid"
    NAME_TAKEN = "name_taken"
    NO_POOL = "no_pool"
    NO_SEAT_LEFT = "no_seat_left"
    NOT_ASSIGNED = "not_assigned"
    NOT_FOUND = "not_found"
    PASSWORD_INVALID = "password_invalid"  # noqa: S105 - the name of an error, not a secret
    REQUEST_ANSWERED = "request_answered"
    SCOPE_NOT_HELD = "scope_not_held"
    SEAT_CHANGED = "seat_changed"
    SECRET_SHOWN_ONCE = "secret_shown_once"  # noqa: S105 - the name of an error, not a secret
    SEPARATION_OF_DUTIES = "separation_of_duties"
    SIGN_IN_FIRST = "sign_in_first"
    SOURCE_REMAINS = "source_remains"
    TOO_MANY_ATTEMPTS = "too_many_attempts"
    WAITING = "waiting"


INFORMATION = frozenset(
    {
        UserErrorCode.ALREADY_ASSIGNED,
        UserErrorCode.ALREADY_IN_ROLE,
        UserErrorCode.ALREADY_MEMBER,
        UserErrorCode.ALREADY_REQUESTED,
        UserErrorCode.INVITATION_ACCEPTED,
        UserErrorCode.NOT_ASSIGNED,
        UserErrorCode.SECRET_SHOWN_ONCE,
        UserErrorCode.SEPARATION_OF_DUTIES,
        UserErrorCode.SOURCE_REMAINS,
        UserErrorCode.WAITING,
    }
)
"""Codes that only inform of what was, or stays, as it is. They never stop an ALL_OR_NOTHING."""


@dataclass(frozen=True, slots=True)
class UserError:
    """One thing the caller should know about what was asked.

    `field` is the path into the input, `row` the zero-based place in a bulk list. `user_id` and `product_id` say whom
    and what it is about where the input need not name them, as with a group's members.
    """

    code: UserErrorCode
    message: str
    field: list[str] = field(default_factory=list)
    row: int | None = None
    user_id: str | None = None
    product_id: str | None = None

    @property
    def is_information(self) -> bool:
        """Whether this only informs, and stops nothing."""
        return self.code in INFORMATION
