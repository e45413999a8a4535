"""What may be done with an object, and why not: `viewerCan` on every node, `explain` for those who manage a team."""

from collections.abc import Callable
from typing import Any, NamedTuple

import strawberry

from db import actors
from db.groups import GroupRow
from db.invitations import InvitationRow
from db.members import MemberRow
from db.products import ProductRow, ReleaseRow
from db.requests import RequestRow
from db.seats import SeatRow
from db.teams import TeamRow
from db.tokens import TokenRow
from domain.actions import Action
from domain.members import MemberStatus
from domain.problems import BadInput, NotFound
from domain.roles import Role
from domain.subjects import Actor
from policies import facts
from policies.explain import Explanation
from policies.policy import Policy
from resolvers.changes import performs
from resolvers.context import Context, Info
from resolvers.nodes import found

# Decided like what is done with a member, but asked of the team: they are none as yet.
OF_NEW_MEMBERS = (Action.MEMBERS_INVITE, Action.MEMBERS_IMPORT)
OF_INVITATIONS = (Action.INVITATIONS_RESEND, Action.INVITATIONS_REVOKE)
# Decided on the team: nothing tells one group from another.
OF_GROUPS = (Action.GROUPS_READ, Action.GROUPS_UPDATE, Action.GROUPS_DELETE, Action.GROUPS_ASSIGN)


class AbilityRow(NamedTuple):
    """One action, whether it is allowed, and the rule that allows it or the smallest change that would."""

    action: Action
    allowed: bool
    reason: str


def viewer_can(root: Any, info: Info) -> list[AbilityRow]:
    """What you may do with this object: each action with the rule that allows it, or the change that would.

    On a seat, `SEATS_ASSIGN` and `SEATS_REASSIGN` speak of giving it to somebody else than yourself; on a member,
    `SEATS_ASSIGN` speaks of giving them a seat, and `MEMBERS_CHANGE_ROLE` of making them anything but a contract
    manager; on a team, `MEMBERS_INVITE` and `MEMBERS_IMPORT` speak of plain users, and `REQUESTS_CREATE` of yourself.
    On a request, `REQUESTS_CREATE` speaks of withdrawing it, and granting it takes `SEATS_ASSIGN` as well.
    On an account there is nothing: what may be done with a person is asked of the `Member`.
    """
    known = abilities(info.context.policy, info.context.actor, root)
    return [AbilityRow(action, one.allowed, one.text) for action, one in known.items()]


@performs(Action.POLICY_EXPLAIN)
async def explain(info: Info, action: Action, target: strawberry.ID, subject: strawberry.ID) -> AbilityRow:
    """Why a member, or a partner token, of a team you manage may do something with an object of that team, or not.

    `subject` is a user id or a partner token's id. Raises NOT_FOUND for what you may not see and for what does not
    belong together, FORBIDDEN when you may not ask, BAD_USER_INPUT for an action that such an object does not have.
    """
    context = info.context
    row = await found(context, target, "team", "member", "group", "seat", "request", "token")
    team_id = row.id if isinstance(row, TeamRow) else row.team_id
    context.require(Action.POLICY_EXPLAIN, facts.team(context.actor, team_id))
    known = abilities(context.policy, await _subject(context, subject, team_id), row)
    if action not in known:
        raise BadInput(f"{action.name} is no action on such an object; `viewerCan` lists those that are.")
    return AbilityRow(action, known[action].allowed, known[action].text)


def abilities(policy: Policy, actor: Actor, row: Any) -> dict[Action, Explanation]:
    """Every action there is on an object, explained for an actor; from remembered decisions, never from Oso anew."""
    ask = _ASK.get(type(row))
    return {} if ask is None else ask(policy, actor, row)


def _seat(policy: Policy, actor: Actor, row: SeatRow) -> dict[Action, Explanation]:
    given = facts.seat(actor, row.team_id, None)
    return {
        **policy.abilities(actor, facts.seat(actor, row.team_id, row.holder_id)),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, given),
        Action.SEATS_REASSIGN: policy.explain(actor, Action.SEATS_REASSIGN, given),
    }


def _member(policy: Policy, actor: Actor, row: MemberRow) -> dict[Action, Explanation]:
    manager = row.role is Role.CONTRACT_MANAGER
    receives, team = facts.seat(actor, row.team_id, row.user.id), facts.team(actor, row.team_id)
    known = policy.abilities(actor, facts.member(actor, row.team_id, row.user.id, contract_manager=manager))
    none = OF_NEW_MEMBERS if row.status is MemberStatus.PENDING else OF_NEW_MEMBERS + OF_INVITATIONS
    return {
        **{action: known[action] for action in known if action not in none},
        Action.GROUPS_UPDATE: policy.explain(actor, Action.GROUPS_UPDATE, team),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, receives),
        Action.SEATS_UNASSIGN: policy.explain(actor, Action.SEATS_UNASSIGN, receives),
    }


def _invitation(policy: Policy, actor: Actor, row: InvitationRow) -> dict[Action, Explanation]:
    manager = row.role is Role.CONTRACT_MANAGER
    invited = facts.member(actor, row.team_id, row.user_id, contract_manager=manager)
    return {action: policy.explain(actor, action, invited) for action in (Action.MEMBERS_READ, *OF_INVITATIONS)}


def _team(policy: Policy, actor: Actor, row: TeamRow) -> dict[Action, Explanation]:
    newcomer = facts.member(actor, row.id, "", contract_manager=False)
    oneself = facts.member(actor, row.id, facts.acts_for(actor) or "", contract_manager=False)
    return {
        **policy.abilities(actor, facts.team(actor, row.id)),
        **{action: policy.explain(actor, action, newcomer) for action in OF_NEW_MEMBERS},
        Action.REQUESTS_CREATE: policy.explain(actor, Action.REQUESTS_CREATE, oneself),
    }


def _request(policy: Policy, actor: Actor, row: RequestRow) -> dict[Action, Explanation]:
    asker, team = facts.member(actor, row.team_id, row.user_id), facts.team(actor, row.team_id)
    return {
        Action.REQUESTS_READ: policy.explain(actor, Action.REQUESTS_READ, asker),
        Action.REQUESTS_CREATE: policy.explain(actor, Action.REQUESTS_CREATE, asker),
        Action.REQUESTS_ANSWER: policy.explain(actor, Action.REQUESTS_ANSWER, team),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, facts.seat(actor, row.team_id, row.user_id)),
    }


def _token(policy: Policy, actor: Actor, row: TokenRow) -> dict[Action, Explanation]:
    return policy.abilities(actor, facts.token(actor, row.team_id))


def _group(policy: Policy, actor: Actor, row: GroupRow) -> dict[Action, Explanation]:
    team = facts.team(actor, row.team_id)
    return {action: policy.explain(actor, action, team) for action in OF_GROUPS}


def _catalogue(policy: Policy, actor: Actor, _: ProductRow | ReleaseRow) -> dict[Action, Explanation]:
    return {Action.PRODUCTS_READ: policy.explain(actor, Action.PRODUCTS_READ, facts.GATEWAY)}


_ASK: dict[type, Callable[[Policy, Actor, Any], dict[Action, Explanation]]] = {
    SeatRow: _seat,
    MemberRow: _member,
    InvitationRow: _invitation,
    RequestRow: _request,
    TeamRow: _team,
    TokenRow: _token,
    GroupRow: _group,
    ProductRow: _catalogue,
    ReleaseRow: _catalogue,
}


async def _subject(context: Context, id_: str, team_id: str) -> Actor:
    async with context.reading() as connection:
        if id_.startswith("token_"):
            actor: Actor | None = await actors.granted(connection, team_id, id_)
        else:
            actor = await actors.member(connection, team_id, id_)
    if actor is None:
        raise NotFound("member or partner token of this team")
    return actor
