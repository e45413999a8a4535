"""The one error type of mutations."""

import strawberry

from domain import problems
from schema.fields import names, shows

names(
    problems.UserErrorCode,
    ALREADY_ASSIGNED="The person holds a seat of the product already.",
    ALREADY_IN_ROLE="The member has this role already.",
    ALREADY_MEMBER="This person is a member of the team already, or is invited to be.",
    ALREADY_REQUESTED="You have asked for a seat of this product already, and nobody has answered yet.",
    CONFIRM_NEEDED="This frees more seats than are freed without asking; confirm with the number in the message.",
    DUPLICATE="The person stands in the list twice.",
    EMAIL_DIFFERS="You are signed in with another e-mail address than the invitation was sent to.",
    EMAIL_INVALID="This is no e-mail address.",
    EMAIL_TAKEN="An account with this e-mail address exists.",
    EXPIRY_INVALID="A token must end in the future, and not too far in it.",
    GROUP_NOT_FOUND="The team has no such group.",
    INVALID_CREDENTIALS="The e-mail address or the password is wrong; which of them is not said.",
    INVITATION_ACCEPTED="You have accepted this invitation already.",
    INVITATION_EXPIRED="The invitation has expired; ask for a new one.",
    INVITATION_INVALID="There is no such invitation, or it was revoked or replaced.",
    INVITATION_PENDING="Somebody was invited with this e-mail address; the account is opened by the link in that mail.",
    LAST_CONTRACT_MANAGER="A team keeps at least one contract manager.",
    LIST_EMPTY="Nobody, or no scope, was named.",
    LIST_TOO_LONG="Too many people at once.",
    NAME_INVALID="This cannot be a name.",
    NAME_TAKEN="The team has a group with this name.",
    NO_POOL="The team has no seats of this product.",
    NO_SEAT_LEFT="The pool has no seat for this person.",
    NOT_ASSIGNED="The person holds no seat of the product.",
    NOT_FOUND="There is no member of this team with this id.",
    PASSWORD_INVALID="The password is too short or too long.",  # noqa: S106 - what an error means, not a secret
    REQUEST_ANSWERED="The request has been answered, or withdrawn, already.",
    SCOPE_NOT_HELD="You may not do this yourself, so no token of yours can.",
    SEAT_CHANGED="The seat has changed hands meanwhile; look at it again.",
    SECRET_SHOWN_ONCE="This is a repeat: the secret was in the first answer, and is kept nowhere.",  # noqa: S106 - so is this
    SEPARATION_OF_DUTIES="The team separates duties: you are left out, because nobody gives themselves a seat.",
    SIGN_IN_FIRST="An account with this e-mail address exists; sign in to it first.",
    SOURCE_REMAINS="A group or the team's default still gives the seat.",
    TOO_MANY_ATTEMPTS="Too many sign-ins failed; the message says how long to wait.",
    WAITING="No seat is left; the person stands in the line, at the position in the message.",
)


@shows(problems.UserError)
class UserError:
    """What the caller should know about what was asked: why something was not done, or did not need to be."""

    code: problems.UserErrorCode = strawberry.field(description="What it is, for programs.")
    message: str = strawberry.field(description="What it is and what to do, for people.")
    field: list[str] = strawberry.field(description="The path into the input that it is about; empty for all of it.")
    row: int | None = strawberry.field(description="The zero-based place in a bulk list.")
    user_id: strawberry.ID | None = strawberry.field(
        description="Whom it is about, where seats are given through a group or by default."
    )
    product_id: strawberry.ID | None = strawberry.field(description="What it is about, in the same places.")
    is_information: bool = strawberry.field(description="Whether this only informs, and stops nothing.")
