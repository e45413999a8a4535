"""Invitations, and the mutations that send, resend, revoke and accept them."""

from datetime import datetime

import strawberry

from db.invitations.invitations import InvitationRow
from domain.mails import MailState
from domain.members import InvitationStatus
from resolvers.core import mail_reasons
from resolvers.core.member_lists import MAX_PEOPLE
from resolvers.invitations import acceptance, invitation_fields, invitations
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.member_lists import PEOPLE
from schema.core.nodes import Node
from schema.core.paging import Edge
from schema.core.payloads import payload
from schema.core.refs import MemberRef, TeamRef

publish_enum(InvitationStatus)
publish_enum(MailState)
publish_input(
    invitations.PersonInput,
    email="The address of the mail and of the account; case does not matter.",
    role="The role in the team. Only a contract manager can invite a contract manager.",
    external_id="The id that your own directory has for the person, 1 to 100 characters; no other member has it.",
    group_ids="Groups of the team that the person joins; needs the right to change groups.",
)
publish_input(
    invitations.InviteMembersInput,
    people=f"1 to {MAX_PEOPLE:,} people, each once.",
    mode=PEOPLE["mode"],
)
INVITATION_ID = {"invitation_id": "The id of the invitation: `Member.invitation` of a pending member."}
publish_input(invitations.ResendInvitationInput, **INVITATION_ID)
publish_input(invitations.RevokeInvitationInput, **INVITATION_ID)
publish_input(
    acceptance.AcceptInvitationInput,
    token="The part of the link after the #.",  # noqa: S106 - a description, not a token
    first_name="For a new account. If you leave it out, the account gets the first name in the invitation.",
    last_name="As `firstName`. An empty text means that you have no last name.",
    password="Needed for a new account; 10 to 200 characters.",  # noqa: S106 - a description, not a password
)


@shows(InvitationRow)
class Invitation(Node):
    """An invitation to a team, sent by mail. It can be accepted with the link in the mail until it expires."""

    status: InvitationStatus = strawberry.field(description="Whether the invitation can be accepted, or how it ended.")
    email: str | None = expose(invitation_fields.email, str | None)
    created_at: datetime = strawberry.field(description="When the person was invited, or invited again.")
    sent_at: datetime | None = strawberry.field(description="When the mail was sent; null if it is not sent yet.")
    expires_at: datetime = strawberry.field(description="When the link stops working.")
    invited_by: strawberry.ID = strawberry.field(
        description="The id of the user or the partner token that sent the invitation."
    )
    mail_state: MailState = strawberry.field(description="What became of the mail with the link.")
    mail_reason: str | None = expose(mail_reasons.mail_reason, str | None)
    member: MemberRef | None = expose(invitation_fields.member, MemberRef | None)


@shows(acceptance.InvitationOffer)
class InvitationOffer:
    """What the link in an invitation offers, in the words of its mail."""

    team_name: str = strawberry.field(description="The name of the team.")
    first_name: str = strawberry.field(description="The first name of the invited person, as the inviter wrote it.")
    last_name: str = strawberry.field(description="The last name, as the inviter wrote it; empty if there is none.")
    email: str = strawberry.field(description="The address to which the invitation was sent.")


invite_members = expose(
    invitations.invite_members,
    payload(invitations.InviteMembersPayload, ["deleted_seat_ids", "deleted_member_ids", "deleted_seat_request_ids"])
    | None,
)
resend_invitation = expose(invitations.resend_invitation, payload(invitations.ResendInvitationPayload) | None)
revoke_invitation = expose(
    invitations.revoke_invitation,
    payload(invitations.RevokeInvitationPayload, ["wait_edges", "member_edges"]) | None,
)
accept_invitation = expose(
    acceptance.accept_invitation,
    payload(
        acceptance.AcceptInvitationPayload,
        ["deleted_seat_ids"],
        member_edges=expose(acceptance.own_member_edges, list[Edge[MemberRef]]),
        team_edges=expose(acceptance.joined_team_edges, list[Edge[TeamRef]]),
    )
    | None,
)
