"""Which actions are allowed on an object, and why: `viewerCan` on every node, and the root field `explain`."""

from typing import Any, NamedTuple

import strawberry

from db.access import actors, member_actors
from db.people.teams import TeamRow
from domain.actions import Action
from domain.problems import BadInput, NotFound
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from policies.explain import Change
from resolvers.access.partner_tokens import TOKEN
from resolvers.core.context import Context, Info
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, Lookup
from resolvers.nodes import NODES

_KINDS = {kind.row: kind for kind in NODES}
_EXPLAINED = [kind for kind in NODES if kind.explained]
_EXPLAINED_NAMES = " or ".join(kind.prefix for kind in _EXPLAINED)


class AbilityRow(NamedTuple):
    """One action, whether it is allowed, and the rule that allows it or the smallest change that would allow it.

    `changes` is the smallest change; the reason says it in words.
    """

    action: Action
    allowed: bool
    reason: str
    changes: tuple[Change, ...]


def viewer_can(root: Any, info: Info, actions: list[Action] | None = None) -> list[AbilityRow]:
    """The actions on this object, each with the rule that allows it to you or the smallest change that would.

    With `actions`, only those, in this order, as far as the object has them.
    On a seat, `SEATS_ASSIGN` and `SEATS_REASSIGN` mean that you give it to another person, not to yourself.
    On a member, `SEATS_ASSIGN` means that you give them a seat, and `MEMBERS_CHANGE_ROLE` that you give them a role
    other than contract manager. Their names need `MEMBERS_UPDATE` while they are PENDING, and then `ACCOUNTS_RENAME`.
    On a team, `MEMBERS_INVITE` and `MEMBERS_IMPORT` mean that you invite plain users, and `REQUESTS_CREATE` that you
    ask for a seat for yourself.
    On a request, `REQUESTS_CREATE` means that you withdraw it. To grant it, you also need `SEATS_ASSIGN`.
    On a pool, `SEATS_ASSIGN` and `SEATS_UNASSIGN` are about other people, and `REQUESTS_CREATE` means that you ask for
    a seat for yourself. On a wait, they are about the person who waits.
    On a contract and a subscription, `CONTRACTS_AMEND` and `ORDERS_READ` are about the home team of the contract. To
    move seats, you need `CONTRACTS_AMEND` in the other team, too.
    On your own account, they are about the business of the vendor, and only its staff may do them. On other accounts
    the list is empty: look at the person's `Member` instead.
    """
    explained = abilities(info.context.policy, info.context.actor, root)
    asked = explained if actions is None else [action for action in dict.fromkeys(actions) if action in explained]
    return [AbilityRow(action, one.allowed, one.text, one.changes) for action in asked for one in [explained[action]]]


@performs(Action.POLICY_EXPLAIN)
async def explain(info: Info, action: Action, target: strawberry.ID, subject: strawberry.ID) -> AbilityRow:
    """Whether a member or a partner token of a team that you manage may do an action on an object, and why.

    `subject` is a user id or the id of a partner token. Raises NOT_FOUND if you may not see the object, or if the
    subject does not belong to the object's team; FORBIDDEN if you may not ask this in the team; BAD_USER_INPUT if
    there is no such action on the object.
    """
    context = info.context
    row = await Lookup(context, target, _EXPLAINED, _EXPLAINED_NAMES).load()
    team_id = row.id if isinstance(row, TeamRow) else row.team_id
    context.require(Action.POLICY_EXPLAIN, facts.team(context.actor, team_id))
    explained = abilities(context.policy, await _subject(context, subject, team_id), row)
    if action not in explained:
        raise BadInput(f"There is no action {action.name} on this object; its `viewerCan` lists its actions.")
    found = explained[action]
    return AbilityRow(action, found.allowed, found.text, found.changes)


def abilities(policy: Policy, actor: Actor, row: Any) -> Abilities:
    """Explain every action on an object for an actor. The decisions come from the policy's table, not from Oso."""
    return _KINDS[type(row)].abilities(policy, actor, row)


async def _subject(context: Context, id_: str, team_id: str) -> Actor:
    """The member or partner token of the team as an actor. Raises NotFound."""
    async with context.reading() as connection:
        if id_.partition("_")[0] == TOKEN.prefix:
            actor: Actor | None = await actors.partner_by_id(connection, team_id, id_)
        else:
            actor = await member_actors.member(connection, team_id, id_)
    if actor is None:
        raise NotFound("member or partner token of this team")
    return actor
