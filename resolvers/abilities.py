"""What may be done with an object, and why not: `viewerCan` on every node, `explain` for those who manage a team."""

from typing import Any, NamedTuple

import strawberry

from db.access import actors
from db.people.teams import TeamRow
from domain.actions import Action
from domain.problems import BadInput, NotFound
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.access.partner_tokens import TOKEN
from resolvers.core.context import Context, Info
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, Lookup
from resolvers.nodes import NODES

_KINDS = {kind.row: kind for kind in NODES}
_EXPLAINED = [kind for kind in NODES if kind.explained]
_EXPLAINED_NAMES = " or ".join(kind.prefix for kind in _EXPLAINED)


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
    row = await Lookup(context, target, _EXPLAINED, _EXPLAINED_NAMES).load()
    team_id = row.id if isinstance(row, TeamRow) else row.team_id
    context.require(Action.POLICY_EXPLAIN, facts.team(context.actor, team_id))
    known = abilities(context.policy, await _subject(context, subject, team_id), row)
    if action not in known:
        raise BadInput(f"{action.name} is no action on such an object; `viewerCan` lists those that are.")
    return AbilityRow(action, known[action].allowed, known[action].text)


def abilities(policy: Policy, actor: Actor, row: Any) -> Abilities:
    """Every action there is on an object, explained for an actor; from remembered decisions, never from Oso anew."""
    return _KINDS[type(row)].abilities(policy, actor, row)


async def _subject(context: Context, id_: str, team_id: str) -> Actor:
    async with context.reading() as connection:
        if id_.partition("_")[0] == TOKEN.prefix:
            actor: Actor | None = await actors.granted(connection, team_id, id_)
        else:
            actor = await actors.member(connection, team_id, id_)
    if actor is None:
        raise NotFound("member or partner token of this team")
    return actor
