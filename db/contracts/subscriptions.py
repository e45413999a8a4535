"""Read subscriptions, and add them with their first term and their seats."""

from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from sqlalchemy import ARRAY, ColumnElement, bindparam, case, select, text

from db.contracts.contracts import ContractKey
from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.tables.contracts import Contract
from db.tables.seats import Subscription
from db.tables.types import ID
from domain.reach import Reach
from domain.terms import EXPIRED_DAYS, EXPIRING_DAYS, SubscriptionStatus


class SubscriptionRow(NamedTuple):
    """A subscription as the graph shows it. The attributes are as in the table.

    `home_team_id` is the home team of its contract, whose contract managers see prices and amend.
    """

    id: str
    team_id: str
    product_id: str
    contract_id: str
    currency: str
    starts_on: date
    ends_on: date
    last_term: int
    grace_days: int
    months: int
    auto_renew: bool
    version: int
    home_team_id: str


class NewSubscription(NamedTuple):
    """A subscription to add: its team, its product, and the first and last day (UTC) of its first term.

    `months` is the length of that term, None if it is no number of whole months. `next_months` is that of the next.
    """

    team_id: str
    id: str
    product_id: str
    starts_on: date
    ends_on: date
    months: int | None
    next_months: int
    unit_price: int
    auto_renew: bool


ADD = Statement(
    "add_subscription",
    str,
    text("""
with added as (
    insert into subscriptions
        (team_id, id, product_id, contract_id, currency, grace_days, starts_on, ends_on, months, auto_renew)
    values (:team_id, :id, :product_id, :contract_id, :currency, :grace_days, :starts_on, :ends_on, :next_months,
            :auto_renew)
    returning team_id, id, product_id, starts_on, ends_on
), term as (
    insert into subscription_terms
        (team_id, subscription_id, n, starts_on, ends_on, anchor_on, step, months, unit_price)
    select team_id, id, 1, starts_on, ends_on, starts_on, 0, cast(:months as int), cast(:unit_price as bigint)
    from added
), stocked as (
    insert into seats (team_id, id, product_id, subscription_id)
    select added.team_id, seat.id, added.product_id, added.id from added, unnest(:seat_ids) as seat (id)
)
select id from added
""").bindparams(bindparam("seat_ids", type_=ARRAY(ID))),
)


def status_on(today: date) -> ColumnElement[str]:
    """The status of a subscription on a day: `domain.terms.status` as an expression."""
    ends_on = Subscription.ends_on.expression
    return case(
        (Subscription.starts_on > today, SubscriptionStatus.UPCOMING.value),
        (ends_on - EXPIRING_DAYS > today, SubscriptionStatus.ACTIVE.value),
        (ends_on >= today, SubscriptionStatus.EXPIRING.value),
        (Subscription.held_until < today, SubscriptionStatus.ENDED.value),
        (ends_on + EXPIRED_DAYS >= today, SubscriptionStatus.EXPIRED.value),
        else_=SubscriptionStatus.SUSPENDED.value,
    )


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Subscription.id == any_of(ids), within(reach, Subscription.team_id))


HOME_TEAM = (
    select(Contract.team_id).where(Contract.id == Subscription.contract_id).correlate(Subscription).scalar_subquery()
)
SUBSCRIPTIONS = columns_of(SubscriptionRow, Subscription, home_team_id=HOME_TEAM)
BY_IDS = RowQuery(SUBSCRIPTIONS, _by_ids)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, SubscriptionRow]:
    """The subscriptions of teams within `reach` that have these ids, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


@listing
def listed(
    reach: Reach, product_id: str | None, status: SubscriptionStatus | None, today: date
) -> Definition[SubscriptionRow]:
    """A team's subscriptions within `reach`, the newest first.

    Only those of one product, and with this status on the day `today`; None stands for all.
    """

    def rows(team_id: ColumnElement[str]) -> Rows:
        query = select().where(Subscription.team_id == team_id, within(reach, Subscription.team_id))
        if product_id is not None:
            query = query.where(Subscription.product_id == product_id)
        return query if status is None else query.where(status_on(today) == status.value)

    return Definition(rows, [Subscription.id.expression], SUBSCRIPTIONS, descending=True)


@listing
def of_contract(reach: Reach) -> Definition[SubscriptionRow]:
    """The subscriptions of a contract within `reach`, the newest first."""

    def rows(contract_id: ColumnElement[str]) -> Rows:
        return select().where(Subscription.contract_id == contract_id, within(reach, Subscription.team_id))

    return Definition(rows, [Subscription.id.expression], SUBSCRIPTIONS, descending=True)


async def add(
    connection: Connection, subscription: NewSubscription, contract: ContractKey, seat_ids: Sequence[str]
) -> None:
    """Add a subscription to a contract that serves its team, with a seat for each of these ids, at least one.

    The caller must hold the lock of `waiting_list.lock_for_freeing`, serve the waiting list afterwards, and record the
    number of seats with `seat_changes.record`.
    """
    key = {"contract_id": contract.id, "currency": contract.currency, "grace_days": contract.grace_days}
    await ADD.row(connection, **subscription._asdict(), **key, seat_ids=list(seat_ids))
