"""Invitations, and the mutations that send, accept and take them back."""

from datetime import datetime

import strawberry

from db.invitations import InvitationRow
from domain.members import InvitationStatus
from resolvers import accepting, invitation_fields, invitations
from resolvers.people import MAX_PEOPLE
from schema.errors import UserError
from schema.fields import accepts, expose, names, shows
from schema.nodes import Node
from schema.people import PEOPLE
from schema.refs import MemberRef, SeatRef, WaitRef

names(InvitationStatus)
accepts(
    invitations.PersonInput,
    email="What they sign in with; compared without regard to case.",
    role="Only a contract manager invites one.",
    group_ids="Groups of the team to put them into; takes the right to change groups.",
)
accepts(
    invitations.InviteMembersInput,
    people=f"1 to {MAX_PEOPLE:,} people, each once.",
    mode=PEOPLE["mode"],
)
ONE = {"invitation_id": "`Member.invitation` of who is pending."}
accepts(invitations.ResendInvitationInput, **ONE)
accepts(invitations.RevokeInvitationInput, **ONE)
accepts(
    accepting.AcceptInvitationInput,
    token="What follows the # in the link.",  # noqa: S106 - what it is, not one
    first_name="For a new account; what the inviter wrote when left out.",
    last_name="For a new account; what the inviter wrote when left out.",
    password="For a new account, which needs one; 10 to 200 characters.",  # noqa: S106 - so is this
)


@shows(InvitationRow)
class Invitation(Node):
    """A mail that asks somebody into a team; it can be accepted by its link until it expires."""

    status: InvitationStatus
    email: str | None = expose(invitation_fields.email, str | None)
    created_at: datetime
    sent_at: datetime | None = strawberry.field(description="When the mail went out; null while it waits to be sent.")
    expires_at: datetime
    invited_by: strawberry.ID = strawberry.field(description="Who sent it: the id of a user or of a partner token.")
    member: MemberRef | None = expose(invitation_fields.member, MemberRef | None)


@shows(invitations.InviteMembersPayload)
class InviteMembersPayload:
    """Who is invited now, in the order asked for; `errors` say why others are not."""

    invitations: list[Invitation] = strawberry.field(description="One for each of them, in the order asked for.")
    seats: list[SeatRef] = strawberry.field(description="The seats that their groups gave them.")
    waits: list[WaitRef] = strawberry.field(description="Who waits for a seat that their group gives.")
    errors: list[UserError]


@shows(invitations.ResendInvitationPayload)
class ResendInvitationPayload:
    """The invitation that takes the place of the one sent again; null when nothing was sent."""

    invitation: Invitation | None = strawberry.field(description="The new one, with an id of its own.")
    errors: list[UserError]


@shows(invitations.RevokeInvitationPayload)
class RevokeInvitationPayload:
    """Who is invited no longer, and the freed seats that went to people who waited for one."""

    revoked_user_id: strawberry.ID | None = strawberry.field(description="Who it was; null when nothing was revoked.")
    promoted: list[SeatRef] = strawberry.field(description="The freed seats that went to people who waited for one.")
    errors: list[UserError]


@shows(accepting.AcceptInvitationPayload)
class AcceptInvitationPayload:
    """The new member; with a session where the account is new, to be sent as `Authorization: Bearer …`."""

    member: MemberRef | None = strawberry.field(description="You, in the team; null when nothing was accepted.")
    token: str | None = strawberry.field(
        description="Null for who was signed in already, when it went into a cookie, in a dry run, and in a repeat."
    )
    expires_at: datetime | None = strawberry.field(description="When the session ends; null where none began.")
    errors: list[UserError]


invite_members = expose(invitations.invite_members, InviteMembersPayload | None)
resend_invitation = expose(invitations.resend_invitation, ResendInvitationPayload | None)
revoke_invitation = expose(invitations.revoke_invitation, RevokeInvitationPayload | None)
accept_invitation = expose(accepting.accept_invitation, AcceptInvitationPayload | None)
