"""Find or add the subscription of another team that gets the seats which move there."""

from datetime import date
from types import NoneType

from sqlalchemy import Date, bindparam, text

from db.contracts.subscriptions import SubscriptionRow
from db.core import ids
from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import ID

# The subscriptions in which the seats may go are locked first, so that what the next statement reads stays so.
LOCK = Statement(
    "lock_targets",
    NoneType,
    text("""
select from subscriptions
where team_id = :to_team_id and contract_id = :contract_id and product_id = :product_id
order by id for no key update
"""),
)
TERMS = """
select cast(row(t.starts_on, t.ends_on, t.anchor_on, t.step, t.months, t.unit_price) as text) from subscription_terms t
where t.team_id = {p}.team_id and t.subscription_id = {p}.id and (t.ends_on >= :today or t.n = {p}.last_term)
order by t.n
"""
MATCHING = Statement(
    "matching_subscription",
    str,
    text(f"""
select o.id from subscriptions p join subscriptions o
  on o.team_id = :to_team_id and o.contract_id = p.contract_id and o.product_id = p.product_id
 and o.ends_on = p.ends_on and o.months = p.months and o.auto_renew = p.auto_renew
where p.team_id = :team_id and p.id = :id
  and not exists (
    select from scheduled_changes c where c.team_id = o.team_id and c.subscription_id = o.id and c.state = 'pending'
  )
  and array({TERMS.format(p="o")}) = array({TERMS.format(p="p")})
order by o.id limit 1
""").bindparams(bindparam("today", type_=Date())),  # noqa: S608 - a constant
)
COPY = Statement(
    "copy_subscription",
    NoneType,
    text("""
with unfinished as (
    select row_number() over (order by t.n) as n, t.starts_on, t.ends_on,
           lag(t.ends_on) over (order by t.n) as previous, t.anchor_on, t.step, t.months, t.unit_price
    from subscription_terms t join subscriptions p on p.team_id = t.team_id and p.id = t.subscription_id
    where t.team_id = :team_id and t.subscription_id = :id and (t.ends_on >= :today or t.n = p.last_term)
), added as (
    insert into subscriptions (team_id, id, product_id, contract_id, currency, grace_days, starts_on, last_term,
                               ends_on, months, auto_renew)
    select :to_team_id, :to_id, p.product_id, p.contract_id, p.currency, p.grace_days,
           (select min(starts_on) from unfinished), (select count(*) from unfinished), p.ends_on, p.months, p.auto_renew
    from subscriptions p where p.team_id = :team_id and p.id = :id
)
insert into subscription_terms (team_id, subscription_id, n, starts_on, ends_on, previous_ends_on, anchor_on, step,
                                months, unit_price)
select :to_team_id, :to_id, n, starts_on, ends_on, previous, anchor_on, step, months, unit_price from unfinished
""").bindparams(
        bindparam("today", type_=Date()),
        *(bindparam(name, type_=ID) for name in ("team_id", "id", "to_team_id", "to_id")),
    ),
)


async def lock_matching(
    connection: Connection, subscription: SubscriptionRow, to_team_id: str, today: date
) -> str | None:
    """The id of a subscription of another team that has the same terms, prices and renewal, locked; None without one.

    No change of it is scheduled. The subscription must be locked.
    """
    key = {"contract_id": subscription.contract_id, "product_id": subscription.product_id}
    await LOCK.run(connection, **key, to_team_id=to_team_id)
    row = {"team_id": subscription.team_id, "id": subscription.id}
    return await MATCHING.row(connection, **row, to_team_id=to_team_id, today=today)


async def copy(connection: Connection, subscription: SubscriptionRow, to_team_id: str, today: date) -> str:
    """Add a subscription without seats to another team, with the terms that have not ended. Returns its id."""
    new = {"to_team_id": to_team_id, "to_id": ids.new("sub")}
    await COPY.run(connection, team_id=subscription.team_id, id=subscription.id, **new, today=today)
    return new["to_id"]
