"""All problems that Usher reports to a client, in one tree.

Problem                 an error of the request: a GraphQL error with `extensions.code`
├── Unauthenticated     nobody is signed in, or the token is not valid any more
│   └── InvalidCredential   the request has a token or a cookie, but it identifies nobody
├── Forbidden           the policy denies an action on something that the actor may read
│   ├── SecondFactorMissing the team requires a second factor for it
│   └── MissingScope    a partner token lacks the scope of the action, whatever the row is
├── PersonDiffers       the request is for another person than the one who is signed in
├── NotFound            the object does not exist, or the actor may not read it; both give the same answer
├── KeyReused           the idempotency key was used before, for another request
├── Unavailable         Usher is too busy; the same request may succeed later
└── BadInput            the request is malformed

Outcomes that a client can expect (no seat left, e-mail address taken) are not exceptions but a `UserError`.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

from domain.credentials import CredentialFault
from domain.described import INFORMATION, Notice


class Problem(Exception):
    """A refusal that the client sees. `code` and `extensions` become the `extensions` of the GraphQL error."""

    code = "INTERNAL"

    def __init__(self, message: str, extensions: Mapping[str, object] | None = None) -> None:
        super().__init__(message)
        self.extensions = {"code": self.code, **(extensions or {})}


class Unauthenticated(Problem):
    """Nobody is signed in, or the token is not valid any more."""

    code = "UNAUTHENTICATED"


class InvalidCredential(Unauthenticated):
    """The credential of the request identifies nobody. `extensions.reason` says why."""

    def __init__(self, fault: CredentialFault) -> None:
        super().__init__(fault.description, {"reason": fault.name})


class PersonDiffers(Problem):
    """The credential of the request is not that of the person in its header."""

    code = "PERSON_DIFFERS"

    def __init__(self) -> None:
        super().__init__(
            "Somebody else than the person in the header `Usher-Person` is signed in. Nothing was done. Load the page "
            "again."
        )


class Forbidden(Problem):
    """The policy denies the action. `extensions.policy` says what would allow it."""

    code = "FORBIDDEN"


class SecondFactorMissing(Forbidden):
    """The team requires a second factor, and the session, or the grantor of the token, has none."""

    REASON = "SECOND_FACTOR_MISSING"


class MissingScope(Forbidden):
    """A partner token lacks the scope of the action. It lacks it for all rows, so an answer says it once a field."""


class NotFound(Problem):
    """There is no such object, or this actor may not read it. The answer does not show which."""

    code = "NOT_FOUND"

    def __init__(self, what: str) -> None:
        super().__init__(f"There is no {what} with this id that you may see.")


class KeyReused(Problem):
    """The idempotency key was already used for another request."""

    code = "IDEMPOTENCY_KEY_REUSED"


class Unavailable(Problem):
    """Usher is too busy for this request. Nothing has changed, so the client can try again."""

    code = "UNAVAILABLE"


class BadInput(Problem):
    """The request is malformed. The message says how to correct it."""

    code = "BAD_USER_INPUT"


class UserErrorCode(Notice):
    """Why a mutation did not make a change, or did not need to make it.

    A code that is only information says that the state is already as requested, or does not change. It stops nothing.
    Of a person, you hear it only if you may read this state: groups and roles by `members:read`, seats by `seats:read`.
    """

    ACCOUNT_UNVERIFIED = (
        "account_unverified",
        "An account with this e-mail address exists, but nobody has verified its address yet.",
    )
    ALREADY_ASSIGNED = "already_assigned", "The person already holds a seat of this product.", INFORMATION
    ALREADY_IN_GROUP = (
        "already_in_group",
        "The person is already in the group that people join, and not in one that they leave.",
        INFORMATION,
    )
    ALREADY_IN_ROLE = "already_in_role", "The member already has this role.", INFORMATION
    ALREADY_MEMBER = (
        "already_member",
        "This person is already a member of the team, or is already invited to it.",
        INFORMATION,
    )
    ALREADY_OUT_OF_GROUP = (
        "already_out_of_group",
        "The person is a member of the team, and not of the group, so they need not leave it.",
        INFORMATION,
    )
    ALREADY_REQUESTED = (
        "already_requested",
        "You have already asked for a seat of this product, and nobody has answered yet.",
        INFORMATION,
    )
    ALREADY_RENEWED = "already_renewed", "A term that has not begun yet has been ordered already."
    AMOUNT_INVALID = "amount_invalid", "The amount is not positive, or more than is owed; the message says how much."
    CHALLENGE_INVALID = (
        "challenge_invalid",
        "The challenge of the sign-in has expired, was used, or had too many wrong codes; sign in again.",
    )
    CHANGE_ENDED = "change_ended", "The scheduled change was carried out or cancelled, or its day has come."
    CHANGE_PENDING = "change_pending", "Another change of this subscription is scheduled; cancel it first."
    CODE_INVALID = "code_invalid", "The code is wrong, too old, or was used before."
    CONFIRM_NEEDED = (
        "confirm_needed",
        "This would free many seats, remove people, or change others than you saw; confirm it with the number.",
    )
    CONTACT_INVALID = "contact_invalid", "This person is no contract manager of the contract's home team."
    CONTRACT_MANAGER_EXISTS = (
        "contract_manager_exists",
        "The team has a contract manager already, so the vendor's staff cannot invite one.",
    )
    CURRENCY_INVALID = "currency_invalid", "This is not a currency: write three capital letters, such as EUR."
    DAY_INVALID = "day_invalid", "The day is in the future."
    DUPLICATE = "duplicate", "The person is in the list twice."
    EMAIL_DIFFERS = (
        "email_differs",
        "The invitation was sent to another e-mail address than the one you are signed in with.",
    )
    EMAIL_INVALID = "email_invalid", "This is not a valid e-mail address."
    EMAIL_TAKEN = "email_taken", "An account with this e-mail address already exists."
    EMAIL_UNVERIFIED = "email_unverified", "The provider has not verified the e-mail address."
    EXPIRY_INVALID = "expiry_invalid", "The token must expire in the future; the message says what the latest time is."
    EXTERNAL_ID_INVALID = "external_id_invalid", "This is not a valid external id."
    EXTERNAL_ID_KEPT = (
        "external_id_kept",
        "The person has another external id in the team, or has none and you may not update them.",
        INFORMATION,
    )
    EXTERNAL_ID_TAKEN = "external_id_taken", "Another person in the team or in the list has this external id."
    GRACE_INVALID = "grace_invalid", "The number of days of grace is too small or too large."
    GROUP_NOT_FOUND = "group_not_found", "The team has no such group."
    IDENTITY_DIFFERS = "identity_differs", "The account is linked to another person at this provider."
    IDENTITY_ENDED = (
        "identity_ended",
        "A sign-in at this provider was removed from the account, so its owner must add one while signed in.",
    )
    IDENTITY_TAKEN = "identity_taken", "Another account is linked to this person at the provider."
    INVALID_CREDENTIALS = (
        "invalid_credentials",
        "The e-mail address or the password is wrong, or the address is not verified; the answer does not say which.",
    )
    INVITATION_ACCEPTED = "invitation_accepted", "The invitation has already been accepted.", INFORMATION
    INVITATION_EXPIRED = "invitation_expired", "The invitation has expired; ask for a new one."
    INVITATION_INVALID = "invitation_invalid", "There is no such invitation, or it was revoked or replaced."
    LAST_CONTRACT_MANAGER = "last_contract_manager", "A team must keep at least one contract manager."
    LEAVERS_UNKNOWN = (
        "leavers_unknown",
        "A row of the file was rejected, so it is not known who is missing in it; nobody was removed.",
    )
    LINK_INVALID = "link_invalid", "The link is not complete, has expired, was used, or was replaced by a newer one."
    LIST_EMPTY = "list_empty", "The list names no person, or no scope."
    LIST_TOO_LONG = "list_too_long", "The list names too many people or teams."
    MAIL_PAUSED = "mail_paused", "A mail was sent to this address a moment ago; `retryAfter` says how long to wait."
    NAME_INVALID = "name_invalid", "This is not a valid name."
    NAME_TAKEN = "name_taken", "The name is taken: by another group of the team, a company, or a product."
    NO_POOL = "no_pool", "The team has no seats of this product."
    NO_SEAT_LEFT = "no_seat_left", "The pool has no seat left for this person."
    NOTICE_REQUIRED = "notice_required", "The contact person of a contract cannot switch these notices off."
    NOT_ASSIGNED = "not_assigned", "The person holds no seat of this product.", INFORMATION
    NOT_FOUND = "not_found", "The team has no such member."
    NOT_IN_GROUP = "not_in_group", "The person is a member of the team, but not of the group that people leave."
    PASSKEY_REFUSED = (
        "passkey_refused",
        "The answer of the passkey is not accepted; ask for new options and try again, or see the message.",
    )
    PASSKEY_TAKEN = "passkey_taken", "An account has this passkey already."
    PASSKEY_UNKNOWN = "passkey_unknown", "No account has this passkey; it may have been removed."
    PASSWORD_FIRST = (
        "password_first",
        "The password was reset. Sign in with it and with the passkey as the second step.",
    )
    PASSWORD_INVALID = "password_invalid", "The password is too short or too long, or has control characters."
    PASSWORD_NEEDED = (
        "password_needed",
        "This needs the password of your account: nobody signed in to it here in the last 10 minutes.",
    )
    PAYMENT_REVERSED = "payment_reversed", "The payment was reversed before."
    PRICE_INVALID = "price_invalid", "The price of a seat is too small or too large; the message gives the limits."
    PRODUCT_NOT_SOLD = "product_not_sold", "The product is sold no more; the message says since when, and what stays."
    PROVIDER_MISSING = "provider_missing", "The operator has set up no sign-in by OpenID Connect."
    REASON_INVALID = "reason_invalid", "The reason is empty or too long."
    REFERENCE_INVALID = "reference_invalid", "The reference is empty or too long."
    REFERENCE_TAKEN = "reference_taken", "A payment has this reference already."
    REQUEST_ANSWERED = "request_answered", "The request has already been answered or withdrawn."
    SCOPE_NOT_HELD = "scope_not_held", "You may not do this yourself, so a token of yours cannot do it either."
    SEAT_CHANGED = "seat_changed", "This person no longer holds the seat; read the seat again."
    SEATS_INVALID = "seats_invalid", "The number of seats is too small or too large; the message gives the limits."
    SEATS_HELD = "seats_held", "Fewer seats are free; the message says how many."
    SECRET_SHOWN_ONCE = (
        "secret_shown_once",
        "This request is a repeat. Only the first answer contained the secret, and Usher does not keep it.",
        INFORMATION,
    )
    SECOND_FACTOR_EXISTS = "second_factor_exists", "The account has an authenticator app already; remove it first."
    SECOND_FACTOR_NEEDED = "second_factor_needed", "This needs a second factor; set one up, or sign in with it, first."
    SEPARATION_OF_DUTIES = (
        "separation_of_duties",
        "The team separates duties, and you may not give yourself a seat; so you were left out.",
        INFORMATION,
    )
    SIGN_IN_AGAIN = (
        "sign_in_again",
        "Your sign-in is old and your account has no password, or it was without your second factor; sign in again.",
    )
    SIGN_IN_OVER = "sign_in_over", "The sign-in was used already, or took too long; begin again."
    SIGN_IN_FIRST = "sign_in_first", "An account with this e-mail address exists; sign in to it first."
    SOURCE_REMAINS = "source_remains", "A group or the default of the team still gives this seat.", INFORMATION
    SUBSCRIPTION_CHANGED = "subscription_changed", "The subscription is not as you saw it; read it again."
    SUBSCRIPTION_ENDED = "subscription_ended", "The subscription has ended, and its days of grace are over."
    SUBSCRIPTION_EXPIRED = "subscription_expired", "The last day of the subscription has passed; renew it first."
    SUBSCRIPTION_INACTIVE = "subscription_inactive", "The subscription of this seat is not active, so it gives no seat."
    TAX_RATE_INVALID = "tax_rate_invalid", "The tax rate is too small or too large; it is in hundredths of a percent."
    TEAM_NOT_SERVED = "team_not_served", "The contract of the subscription serves no such other team."
    TERM_INVALID = (
        "term_invalid",
        "The subscription would end before it starts or before today, or its next term is too short or too long.",
    )
    TOKEN_ENDED = "token_ended", "The token is revoked or has expired; create a new one."
    TOKEN_ROTATED = (
        "token_rotated",
        "Two secrets of the token work; `retryAfter` says when the older one ends, and is null if the token ends then.",
    )
    TOO_MANY_ATTEMPTS = "too_many_attempts", "Too many attempts; `retryAfter` says how long to wait."
    TOO_MANY_PASSKEYS = "too_many_passkeys", "The account has the most passkeys that it may have."
    WAITING = (
        "waiting",
        "No seat is left; the person joined the waiting list, and the message gives the position.",
        INFORMATION,
    )


@dataclass(frozen=True, slots=True)
class UserError:
    """One message about a mutation: an error or information.

    `field` is the path into the input, and `row` is the position in a list, from 0. `user_id` and `product_id` name the
    person and the product if the input does not name them; for example, it names a group instead of its members.
    `retry_after` are the seconds after which the same request may succeed. `count` is the number to confirm, or that of
    the people that this is about and the actor may not read, or None.
    """

    code: UserErrorCode
    message: str
    field: list[str] = field(default_factory=list)
    row: int | None = None
    user_id: str | None = None
    product_id: str | None = None
    retry_after: int | None = None
    count: int | None = None

    @property
    def is_information(self) -> bool:
        """Whether this is only information, which stops nothing."""
        return self.code.is_information
