"""Teams, and the seats and partner tokens that they own."""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import replace

import strawberry

from db.access import partner_tokens
from db.access.partner_tokens import TokenRow
from db.core.paging import ROOT, Listing
from db.people import teams
from db.people.teams import TeamRow
from db.seats import seats
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.paging import Paging
from domain.roles import Role, proven
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import given, loaded_by, paged, with_level_loader
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, Lookup, NodeKind
from resolvers.core.relations import OwnRow, one
from resolvers.core.relay import ConnectionRow, listing

# These actions are decided on a member, but explained on the team, because the person is not a member yet.
NEW_MEMBER_ACTIONS = (Action.MEMBERS_INVITE, Action.MEMBERS_IMPORT)


def team_lookup(context: Context, id: str) -> Lookup[TeamRow]:
    """The lookup of a team by its id."""
    return Lookup(context, id, (TEAM,), "team")


def _known(context: Context, ids: Sequence[str]) -> Mapping[str, TeamRow] | None:
    """The teams that were read with the actor, who may read no other; None if they are not known any more."""
    reach = context.reach(Action.TEAMS_READ)
    return None if context.teams is None else {id_: context.teams[id_] for id_ in ids if id_ in reach.teams}


def _given(context: Context, id: str) -> TeamRow | None:
    return (_known(context, [id]) or {}).get(id)


@performs(Action.TEAMS_READ)
@given(TeamRow, OwnRow.ARGUMENT, _given, loads=True)
@with_level_loader(team_lookup)
async def team(info: Info, id: strawberry.ID) -> TeamRow:
    """A team to which you belong. Raises NOT_FOUND for any other team."""
    return await team_lookup(info.context, id).load()


def _all_teams(context: Context, paging: Paging) -> Loading[ConnectionRow[TeamRow]]:
    return listing(context, _teams, paging)


@performs(Action.TEAMS_READ)
@with_level_loader(paged(_all_teams), ROOT)
@paged
def all_teams(info: Info, paging: Paging) -> "asyncio.Future[ConnectionRow[TeamRow] | None]":
    """The teams to which you belong, in the order in which they were created; for a partner token, its own team."""
    return _all_teams(info.context, paging).load(ROOT)


@loaded_by("team_id")
def changed_team(context: Context) -> Loading[TeamRow]:
    """The team, as it is now; null if you may not see it, or if nothing was changed."""
    return context.loading(TEAM.find)


def viewer_role(root: TeamRow, info: Info) -> Role:
    """Your own role in this team; for a partner token, the role of its grantor."""
    return facts.roles(info.context.actor)[root.id]


def second_factor_missing(root: TeamRow, info: Info) -> bool:
    """Whether you have only the rights of a user here until you sign in with a second factor.

    For a partner token: until its grantor sets one up.
    """
    actor = info.context.actor
    return proven(facts.standings(actor).get(root.id)) is not None


@performs(Action.SEATS_READ)
@loaded_by("id")
@paged
def team_seats(
    context: Context,
    product_id: strawberry.ID | None = None,
    assigned: bool | None = None,
    *,
    paging: Paging,
) -> Loading[ConnectionRow[SeatRow]]:
    """The seats of the team, of one product or of all products. A plain user sees only their own seats.

    `assigned` selects seats that have a holder (true), or available seats (false).
    """
    return listing(context, _seats, paging, product_id, assigned)


@performs(Action.TOKENS_READ)
@paged
def team_tokens(root: TeamRow, info: Info, paging: Paging) -> "asyncio.Future[ConnectionRow[TokenRow] | None]":
    """The partner tokens of the team, with revoked and expired ones. FORBIDDEN for a plain user and for a partner."""
    info.context.require(Action.TOKENS_READ, facts.token(info.context.actor, root.id))
    return listing(info.context, _tokens, paging).load(root.id)


def _teams(context: Context) -> Listing[TeamRow]:
    return teams.listed(context.reach(Action.TEAMS_READ))


def _seats(context: Context, product_id: str | None, assigned: bool | None) -> Listing[SeatRow]:
    return seats.listed(context.reach(Action.SEATS_READ), product_id, assigned)


def _tokens(context: Context) -> Listing[TokenRow]:
    return partner_tokens.listed(context.reach(Action.TOKENS_READ))


def _abilities(policy: Policy, actor: Actor, row: TeamRow) -> Abilities:
    newcomer = facts.member(actor, row.id, "", contract_manager=False)
    oneself = facts.member(actor, row.id, facts.acts_for(actor) or "", contract_manager=False)
    return {
        **policy.abilities(actor, facts.team(actor, row.id)),
        **{action: policy.explain(actor, action, newcomer) for action in NEW_MEMBER_ACTIONS},
        Action.REQUESTS_CREATE: policy.explain(actor, Action.REQUESTS_CREATE, oneself),
    }


_BY_IDS = replace(one(teams.BY_IDS, Action.TEAMS_READ), known=_known)
TEAM = NodeKind("team", TeamRow, _BY_IDS, _abilities, explained=True)
