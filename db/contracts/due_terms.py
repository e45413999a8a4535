"""Finds the subscriptions that renew themselves, and what their next terms need."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from db.contracts.renewals import TermRow
from db.core.connection import Connection
from db.core.statements import Statement


class DueSubscription(NamedTuple):
    """A subscription that renews itself and whose last term has come to its last day."""

    team_id: str
    id: str


class RenewedSubscription(NamedTuple):
    """A subscription as its next term needs it: the length of that in months, and the seats on its first day."""

    product_id: str
    contract_id: str
    months: int
    seats: int
    last: TermRow


TODAY = Statement("today", date, text("select current_date as today"))
PRODUCT = Statement(
    "product_of_subscription",
    str,
    text("select p.product_id from subscriptions p where p.team_id = :team_id and p.id = :id"),
)
DUE = Statement(
    "due_renewals",
    DueSubscription,
    text("select p.team_id, p.id from subscriptions p where p.auto_renew and p.ends_on <= :today"),
)
# A second transaction waits here, and finds then that the subscription is not due any more.
CLAIM = Statement(
    "claim_renewal",
    str,
    text("""
update subscriptions set version = version + 1
where team_id = :team_id and id = :id and auto_renew and ends_on <= :today
returning id
"""),
)
RENEWED = Statement(
    "renewed_subscription",
    RenewedSubscription,
    text("""
select p.product_id, p.contract_id, p.months,
       coalesce(
           (select c.seats from scheduled_changes c
            where c.team_id = p.team_id and c.subscription_id = p.id and c.state = 'pending'
              and c.effective_on <= p.ends_on + 1),
           (select sum(c.delta) from seat_changes c where c.team_id = p.team_id and c.subscription_id = p.id),
           0
       ) as seats,
       t.n as last_n, t.starts_on as last_starts_on, t.ends_on as last_ends_on, t.anchor_on as last_anchor_on,
       t.step as last_step, t.months as last_months, t.unit_price as last_unit_price
from subscriptions p
join subscription_terms t on t.team_id = p.team_id and t.subscription_id = p.id and t.n = p.last_term
where p.team_id = :team_id and p.id = :id
"""),
)


async def product_of(connection: Connection, due: DueSubscription) -> str:
    """The id of the product of a subscription."""
    [product_id] = await PRODUCT.rows(connection, **due._asdict())
    return product_id


async def today(connection: Connection) -> date:
    """The day (UTC) by the clock of the database."""
    [day] = await TODAY.rows(connection)
    return day


async def due(connection: Connection, today: date) -> list[DueSubscription]:
    """The subscriptions that renew themselves and whose last day is this one or has passed, in the order of their ids.

    So the next term exists before its first day.
    """
    return sorted(await DUE.rows(connection, today=today))


async def claim(connection: Connection, due: DueSubscription, today: date) -> RenewedSubscription | None:
    """Keep other transactions from amending or renewing a subscription until this one ends, and count its version.

    Returns None if it is not due any more; then nothing has changed.
    """
    if await CLAIM.row(connection, **due._asdict(), today=today) is None:
        return None
    return await RENEWED.row(connection, **due._asdict())
