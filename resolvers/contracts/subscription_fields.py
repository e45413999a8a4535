"""The fields of a subscription, and the subscriptions of a team and of a contract."""

from collections.abc import Sequence
from datetime import date, timedelta

import strawberry

from db.contracts import subscription_seats, subscriptions
from db.contracts.subscription_seats import ScheduledChangeRow, SeatChangeRow
from db.contracts.subscriptions import SubscriptionRow
from db.core.paging import Listing
from db.people.teams import TeamRow
from db.seats.seats import SEATS, SeatRow
from domain import terms
from domain.actions import Action
from domain.paging import Paging
from domain.subjects import Actor
from domain.terms import SubscriptionStatus
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


@performs(Action.CONTRACTS_READ)
@loaded_by("id", action=Action.CONTRACTS_READ, team="id")
@paged
def team_subscriptions(
    context: Context,
    product_id: strawberry.ID | None = None,
    status: SubscriptionStatus | None = None,
    *,
    paging: Paging,
) -> Loading[ConnectionRow[SubscriptionRow]]:
    """The subscriptions of the team, the newest first; FORBIDDEN for a plain user."""
    return listing(context, _of_team, paging, product_id, status, context.today)


@performs(Action.CONTRACTS_READ)
@loaded_by("id")
@paged
def contract_subscriptions(context: Context, paging: Paging) -> Loading[ConnectionRow[SubscriptionRow]]:
    """The subscriptions of the contract, the newest first; only those of teams whose contracts you may see."""
    return listing(context, _of_contract, paging)


@performs(Action.CONTRACTS_READ)
@loaded_by("subscription_id")
def subscription(context: Context) -> Loading[SubscriptionRow]:
    """The subscription; null if you may not see it."""
    return context.loading(SUBSCRIPTION.find)


@loaded_by("team_id")
def team(context: Context) -> Loading[TeamRow]:
    """The team that owns the subscription and its seats."""
    return context.loading(TEAM.find)


def status(root: SubscriptionRow, info: Info) -> SubscriptionStatus:
    """What the subscription gives today (UTC)."""
    return terms.status(root.starts_on, root.ends_on, root.grace_days, info.context.today)


def held_until(root: SubscriptionRow) -> date:
    """The last day of grace: if no term follows, holders keep their seats until this day (UTC)."""
    return root.ends_on + timedelta(days=min(root.grace_days, (date.max - root.ends_on).days))


@performs(Action.CONTRACTS_READ)
@loaded_by("id")
def seats(context: Context) -> Loading[int]:
    """The number of its seats, assigned and available. A seat that was given up does not count."""
    return context.loading(_number, "seats")


@performs(Action.CONTRACTS_READ)
@loaded_by("id")
def assigned_seats(context: Context) -> Loading[int]:
    """The number of its seats that have a holder."""
    return context.loading(_number, "assigned")


@performs(Action.CONTRACTS_READ)
@loaded_by("id")
def seat_changes(context: Context) -> Loading[list[SeatChangeRow]]:
    """All changes of the number of its seats, the oldest first. The number of seats is their sum."""
    return context.loading(_CHANGES)


@performs(Action.CONTRACTS_READ)
@loaded_by("id")
def scheduled_change(context: Context) -> Loading[ScheduledChangeRow]:
    """The number of seats that the next term is to have; null if it stays the same."""
    return context.loading(_SCHEDULED)


@performs(Action.SEATS_READ)
@loaded_by("id")
def lost_seats(context: Context) -> Loading[list[SeatRow]]:
    """The seats that would be taken from their holders if the change came now; only those that you may see.

    First go the seats that were chosen, then free ones, then those that were assigned last.
    """
    return context.loading(_LOST)


async def _number(context: Context, ids: Sequence[str], name: str) -> dict[str, int]:
    """One of the numbers of `SeatCounts`, for each of these subscriptions. On a level, they share a statement."""
    counts = context.loading(_COUNTS)
    counts.want(ids)
    await counts.settle()
    return {id_: getattr(row, name, 0) for id_, row in zip(ids, counts.values(ids), strict=True)}


def _of_team(
    context: Context, product_id: str | None, status: SubscriptionStatus | None, today: date
) -> Listing[SubscriptionRow]:
    return subscriptions.listed(context.reach(Action.CONTRACTS_READ), product_id, status, today)


def _of_contract(context: Context) -> Listing[SubscriptionRow]:
    return subscriptions.of_contract(context.reach(Action.CONTRACTS_READ))


def _abilities(policy: Policy, actor: Actor, row: SubscriptionRow) -> Abilities:
    team, home = facts.team(actor, row.team_id), facts.team(actor, row.home_team_id)
    return {
        Action.CONTRACTS_READ: policy.explain(actor, Action.CONTRACTS_READ, team),
        Action.CONTRACTS_AMEND: policy.explain(actor, Action.CONTRACTS_AMEND, home),
        Action.ORDERS_READ: policy.explain(actor, Action.ORDERS_READ, home),
    }


_COUNTS = one(subscription_seats.COUNTS_BY_SUBSCRIPTION, Action.CONTRACTS_READ, key="subscription_id")
_CHANGES = many(subscription_seats.CHANGES_BY_SUBSCRIPTION, subscription_seats.CHANGES, Action.CONTRACTS_READ)
_SCHEDULED = one(subscription_seats.SCHEDULED_BY_SUBSCRIPTION, Action.CONTRACTS_READ, key="subscription_id")
_LOST = many(subscription_seats.LOST_BY_CHANGE, SEATS, Action.SEATS_READ)
# `explain` cannot answer for it: it knows the subject in the team of an object only, and not in the home team.
SUBSCRIPTION = NodeKind("sub", SubscriptionRow, one(subscriptions.BY_IDS, Action.CONTRACTS_READ), _abilities)
