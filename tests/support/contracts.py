"""Rows of contracts for tests: a subscription with its contract, its term and the purchase of its seats."""

from datetime import date

from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core import ids
from domain.terms import months_between

CONTRACT = """
with known as (
    select id from contracts where team_id = :team order by id limit 1
), added as (
    insert into contracts (team_id, id, currency) select :team, :contract, 'EUR'
    where not exists (select from known) returning id, team_id
), served as (
    insert into contract_teams (team_id, contract_id) select team_id, id from added
)
select id from known union all select id from added
"""
SUBSCRIPTION = """
insert into subscriptions (team_id, id, product_id, contract_id, currency, grace_days, starts_on, ends_on, months)
select :team, :id, :product, c.id, c.currency, c.grace_days, :starts, :ends, 12 from contracts c where c.id = :contract
"""
TERM = """
insert into subscription_terms (team_id, subscription_id, n, starts_on, ends_on, anchor_on, step, months, unit_price)
values (:team, :id, 1, :starts, :ends, :starts, 0, :months, 0)
"""
BOUGHT = """
insert into seat_changes (team_id, subscription_id, n, effective_on, delta)
select :team, :id, 1, :starts, :seats where :seats > 0
"""
# The first day and the last day of the first term of a subscription, in days from today.
MOVE_TERM = """
with moved as (
    update subscription_terms
    set starts_on = current_date + cast(:starts as int), anchor_on = current_date + cast(:starts as int),
        ends_on = current_date + cast(:ends as int), months = null
    where team_id = :team and subscription_id = :id and n = 1
)
update subscriptions set starts_on = current_date + cast(:starts as int), ends_on = current_date + cast(:ends as int)
where team_id = :team and id = :id
"""


async def subscribe(
    connection: AsyncConnection, team: str, id_: str, product: str, term: tuple[date, date], seats: int
) -> None:
    """Add a subscription without its seats, for one term, to the contract of the team. The first one adds it."""
    contract = (await connection.execute(text(CONTRACT), {"team": team, "contract": ids.new("contract")})).scalar_one()
    values = {"team": team, "id": id_, "product": product, "contract": contract, "starts": term[0], "ends": term[1]}
    for statement in (SUBSCRIPTION, TERM, BOUGHT):
        await connection.execute(text(statement), {**values, "months": months_between(*term), "seats": seats})


async def move_term(connection: AsyncConnection, team: str, id_: str, starts: int, ends: int) -> None:
    """Let the only term of a subscription begin and end on other days, counted from today."""
    await connection.execute(text(MOVE_TERM), {"team": team, "id": id_, "starts": starts, "ends": ends})
