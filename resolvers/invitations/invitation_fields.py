"""The fields of an invitation, and the invitation of a member."""

from db.invitations import invitations
from db.invitations.invitations import InvitationRow
from db.people.members import MemberRow
from domain.actions import Action
from domain.roles import Role
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mail_reasons import may_read_email
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import one
from resolvers.people.members import INVITATION_ACTIONS, MEMBER


@performs(Action.MEMBERS_READ)
@loaded_by("id")
def of_member(context: Context) -> Loading[InvitationRow]:
    """The invitation that this person has not accepted yet; null if the person is in the team."""
    return context.loading(_OF_MEMBERS)


@performs(Action.MEMBERS_READ)
@loaded_by("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """The invited person as a member, with the status PENDING until they accept; null if you may not see members."""
    return context.loading(MEMBER.find)


@performs(Action.EMAILS_READ)
def email(root: InvitationRow, info: Info) -> str | None:
    """The address that the invitation is sent to; null if you may not read e-mail addresses."""
    return root.email if may_read_email(root, info) else None


_OF_MEMBERS = one(invitations.OF_MEMBERS, Action.MEMBERS_READ, key="member_id")


def _abilities(policy: Policy, actor: Actor, row: InvitationRow) -> Abilities:
    manager = row.role is Role.CONTRACT_MANAGER
    invited = facts.member(actor, row.team_id, row.user_id, contract_manager=manager)
    return {action: policy.explain(actor, action, invited) for action in (Action.MEMBERS_READ, *INVITATION_ACTIONS)}


INVITATION = NodeKind("invite", InvitationRow, one(invitations.BY_IDS, Action.MEMBERS_READ), _abilities)
