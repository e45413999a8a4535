"""Invitations, and the mutations that send, accept and take them back."""

from datetime import datetime

import strawberry

from db.invitations.invitations import InvitationRow
from domain.members import InvitationStatus
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.invitations import acceptance, invitation_fields, invitations
from schema.core.fields import accepts, expose, names, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import MemberRef

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
    acceptance.AcceptInvitationInput,
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


invite_members = expose(invitations.invite_members, payload(invitations.InviteMembersPayload) | None)
resend_invitation = expose(invitations.resend_invitation, payload(invitations.ResendInvitationPayload) | None)
revoke_invitation = expose(invitations.revoke_invitation, payload(invitations.RevokeInvitationPayload) | None)
accept_invitation = expose(acceptance.accept_invitation, payload(acceptance.AcceptInvitationPayload) | None)
