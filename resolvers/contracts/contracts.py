"""The fields of a contract, and the contracts of a team."""

from db.contracts import contracts
from db.contracts.contracts import ContractRow
from db.core.paging import Listing
from db.people.teams import TEAMS, TeamRow
from db.people.users import UserRow
from domain.actions import Action
from domain.paging import Paging
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import many, one
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.teams import TEAM
from resolvers.people.users import USER

# These actions are decided on the home team. Whether you may read the contract depends on all teams that it serves.
CONTRACT_ACTIONS = (Action.CONTRACTS_AMEND, Action.ORDERS_READ)


@performs(Action.CONTRACTS_READ)
@loaded_by("id", action=Action.CONTRACTS_READ, team="id")
@paged
def team_contracts(context: Context, paging: Paging) -> Loading[ConnectionRow[ContractRow]]:
    """The contracts that serve the team, the newest first; FORBIDDEN for a plain user."""
    return listing(context, _of_team, paging)


def number(root: ContractRow) -> str:
    """The number of the contract, such as C-000123. It never changes."""
    return f"C-{root.number:06d}"


@performs(Action.TEAMS_READ)
@loaded_by("team_id")
def home_team(context: Context) -> Loading[TeamRow]:
    """The team whose contract managers see prices and amend the contract; null if you do not belong to it."""
    return context.loading(TEAM.find)


@performs(Action.TEAMS_READ)
@loaded_by("id")
def teams(context: Context) -> Loading[list[TeamRow]]:
    """The teams that the contract serves, the home team among them; only those to which you belong."""
    return context.loading(_TEAMS)


@performs(Action.MEMBERS_READ)
@loaded_by("contact_id")
def contact_person(context: Context) -> Loading[UserRow]:
    """The member of the home team who gets the mail about the contract.

    Null if all contract managers of the home team get it, and if you may not see this person.
    """
    return context.loading(USER.find)


@performs(Action.ORDERS_READ)
def tax_rate(root: ContractRow, info: Info) -> int | None:
    """The tax rate in hundredths of a percent: 1,900 are 19 %. Null unless you may see prices of the home team."""
    home = facts.team(info.context.actor, root.team_id)
    return root.tax_rate if info.context.policy.decide(info.context.actor, Action.ORDERS_READ, home).allowed else None


@loaded_by("contract_id")
def contract(context: Context) -> Loading[ContractRow]:
    """The contract to which the subscription belongs."""
    return context.loading(CONTRACT.find)


@performs(Action.CONTRACTS_READ)
@loaded_by("contract_id")
def ordered_under(context: Context) -> Loading[ContractRow]:
    """The contract under which it was ordered; null if you may not see it."""
    return context.loading(CONTRACT.find)


def _of_team(context: Context) -> Listing[ContractRow]:
    return contracts.listed(context.reach(Action.CONTRACTS_READ))


def _abilities(policy: Policy, actor: Actor, row: ContractRow) -> Abilities:
    home = facts.team(actor, row.team_id)
    return {action: policy.explain(actor, action, home) for action in CONTRACT_ACTIONS}


_TEAMS = many(contracts.TEAMS_BY_CONTRACT, TEAMS, Action.TEAMS_READ)
CONTRACT = NodeKind("contract", ContractRow, one(contracts.BY_IDS, Action.CONTRACTS_READ), _abilities, explained=True)
