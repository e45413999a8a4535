"""The constraints of contracts, their terms and the changes of seats refuse wrong rows, whatever the code does."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.orders import MAX_PRICE
from domain.roles import Role
from tests.support.subscriptions import day, make_contract, make_subscription, retire_seat, schedule
from tests.support.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def names(world: World) -> dict[str, str]:
    """A team with a contract, and a subscription of three seats with one term.

    `ada` holds `seat`, `retired` was given up, and `change` is scheduled. `foreign` is a subscription of another team,
    whose contract is `other_contract`.
    """
    team, other = await world.team(), await world.team()
    ada, stranger = await world.member(team, Role.CONTRACT_MANAGER), await world.person()
    contract, other_contract = await make_contract(world, team), await make_contract(world, other, currency="USD")
    made = await make_subscription(world, contract, team, (day(-100), day(90)), 3)
    seat = await world.give_seat(team, made.product, ada.id)
    await retire_seat(world, made, made.seats[-1], 2)
    foreign = await make_subscription(world, other_contract, other, (day(-100), day(90)))
    return {
        "team": team,
        "other": other,
        "ada": ada.id,
        "stranger": stranger.id,
        "contract": contract,
        "other_contract": other_contract,
        "subscription": made.id,
        "product": made.product,
        "seat": seat,
        "retired": made.seats[-1],
        "change": await schedule(world, made, 1),
        "foreign": foreign.id,
    }


CONTRACT = """
with served as (insert into contract_teams (team_id, contract_id) values (:team, {id}))
insert into contracts (team_id, id, currency, grace_days, tax_rate) values (:team, {id}, {values})
"""
SAME_NUMBER = """
insert into contracts (team_id, id, number, currency) overriding system value
select team_id, 'contract_x', number, currency from contracts where id = :contract
"""
TERM = """
insert into subscription_terms
    (team_id, subscription_id, n, starts_on, ends_on, previous_ends_on, anchor_on, step, months, unit_price)
select :team, :subscription, {n}, {starts}, {ends}, {previous}, {starts}, {step}, {months}, {price}
from subscriptions where id = :subscription
"""
# The right values of the second term.
SECOND = {
    "n": "2",
    "starts": "ends_on + 1",
    "ends": "cast(ends_on + 1 + interval '1 month' as date) - 1",
    "previous": "ends_on",
    "step": "0",
    "months": "1",
    "price": "0",
}
CHANGE = """
insert into seat_changes (team_id, subscription_id, n, effective_on, delta)
values (:team, :subscription, {n}, current_date, {delta})
"""
SCHEDULED = """
insert into scheduled_changes (team_id, id, subscription_id, effective_on, seats, seat_ids, scheduled_by, {columns})
values (:team, {id}, :subscription, current_date, {seats}, '{{}}', :ada, {values})
"""


def contract(values: str, id_: str = "'contract_x'") -> str:
    """A statement that adds a contract: its currency, days of grace and tax rate."""
    return CONTRACT.format(id=id_, values=values)


def term(**values: str) -> str:
    """A statement that adds the second term, with other values than the right ones."""
    return TERM.format(**SECOND | values)


def scheduled(columns: str, values: str, seats: int = 1, id_: str = "'change_x'") -> str:
    """A statement that schedules a change."""
    return SCHEDULED.format(columns=columns, values=values, seats=seats, id=id_)


# Statements by what they try, and the constraint that must refuse each of them.
REFUSED = {
    "a contract id twice": (contract("'EUR', 0, 0", ":other_contract"), "uq_contracts_id"),
    "a contract with the number of another one": (SAME_NUMBER, "uq_contracts_number"),
    "a contract with another type's id": (contract("'EUR', 0, 0", "'sub_x'"), "ck_contracts_id_prefix"),
    "a contract in an unknown form of currency": (contract("'eur', 0, 0"), "ck_contracts_currency"),
    "fewer days of grace than none": (contract("'EUR', -1, 0"), "ck_contracts_grace_days"),
    "more days of grace than 90": (contract("'EUR', 91, 0"), "ck_contracts_grace_days"),
    "a negative tax rate": (contract("'EUR', 0, -1"), "ck_contracts_tax_rate"),
    "a tax of more than all": (contract("'EUR', 0, 10001"), "ck_contracts_tax_rate"),
    "a contract that does not serve its home team": (
        "insert into contracts (team_id, id, currency) values (:team, 'contract_x', 'EUR')",
        "fk_contracts_id_team_id",
    ),
    "a contact who is no member of the home team": (
        "update contracts set contact_id = :stranger where id = :contract",
        "fk_contracts_team_id_contact_id",
    ),
    "another currency than that of the subscriptions' orders": (
        "update subscriptions set currency = 'USD' where id = :subscription",
        "fk_subscriptions_contract_id_currency_grace_days",
    ),
    "a team that a contract serves twice": (
        "insert into contract_teams (team_id, contract_id) values (:team, :contract)",
        "pk_contract_teams",
    ),
    "the end of a contract's service of a team with subscriptions": (
        "delete from contract_teams where team_id = :team and contract_id = :contract",
        "fk_subscriptions_team_id_contract_id",
    ),
    "a subscription under a contract that does not serve its team": (
        "update subscriptions set contract_id = :other_contract, currency = 'USD' where id = :subscription",
        "fk_subscriptions_team_id_contract_id",
    ),
    "a subscription id twice": (
        "update subscriptions set id = :foreign where id = :subscription",
        "uq_subscriptions_id",
    ),
    "a next term of no month": (
        "update subscriptions set months = 0 where id = :subscription",
        "ck_subscriptions_months",
    ),
    "a next term of more than 120 months": (
        "update subscriptions set months = 121 where id = :subscription",
        "ck_subscriptions_months",
    ),
    "another last day than that of the last term": (
        "update subscriptions set ends_on = ends_on + 1 where id = :subscription",
        "fk_subscriptions_team_id_id_last_term_ends_on",
    ),
    "a term twice": (term(n="1", previous="null"), "pk_subscription_terms"),
    "two terms that end on one day": (
        f"{term()} union all {term(n='3').partition(')')[2]}",
        "uq_subscription_terms_team_id_subscription_id_ends_on",
    ),
    "a term that leaves a gap": (
        term(starts="ends_on + 2", ends="cast(ends_on + 2 + interval '1 month' as date) - 1"),
        "ck_subscription_terms_no_gap",
    ),
    "a term that overlaps the one before": (
        term(starts="ends_on", ends="cast(ends_on + interval '1 month' as date) - 1"),
        "ck_subscription_terms_no_gap",
    ),
    "a second term without a first one": (term(previous="null"), "ck_subscription_terms_first"),
    "a term after a day on which none ends": (
        term(starts="ends_on + 6", ends="cast(ends_on + 6 + interval '1 month' as date) - 1", previous="ends_on + 5"),
        "fk_subscription_terms_team_id_subscription_id_previous_ends_on",
    ),
    "a term that ends before it begins": (term(ends="ends_on", months="null"), "ck_subscription_terms_order"),
    "a term of no month": (term(ends="ends_on", months="0"), "ck_subscription_terms_months"),
    "a term of more than 120 months": (
        term(ends="cast(ends_on + 1 + interval '121 months' as date) - 1", months="121"),
        "ck_subscription_terms_months",
    ),
    "a second term of days": (term(months="null"), "ck_subscription_terms_whole_months"),
    "a term that ends a day late": (term(ends="ends_on + 40"), "ck_subscription_terms_end"),
    "a term that begins on another day than its step": (
        term(step="1", ends="cast(ends_on + 1 + interval '2 months' as date) - 1"),
        "ck_subscription_terms_start",
    ),
    "a price below nothing": (term(price="-1"), "ck_subscription_terms_unit_price"),
    "a price of more than the highest": (term(price=str(MAX_PRICE + 1)), "ck_subscription_terms_unit_price"),
    "a change of seats twice": (CHANGE.format(n=1, delta=1), "pk_seat_changes"),
    "a change of no seat": (CHANGE.format(n=3, delta=0), "ck_seat_changes_delta"),
    "a seat that was given up with its holder": (
        "update seats set retired_at = now() where id = :seat",
        "ck_seats_retired",
    ),
    "a holder of a seat that was given up": (
        "update seats set holder_id = :ada, assigned_at = now() where id = :retired",
        "ck_seats_retired",
    ),
    "a second pending change": (scheduled("state", "'pending'"), "uq_scheduled_changes_pending"),
    "the id of a change twice": (
        scheduled("state, ended_at, ended_by", "'applied', now(), :ada", id_=":change")
        .replace(":team", ":other")
        .replace(":subscription", ":foreign"),
        "uq_scheduled_changes_id",
    ),
    "a change to no seat": (scheduled("state", "'pending'", seats=0), "ck_scheduled_changes_seats"),
    "a change in an unknown state": (
        scheduled("state, ended_at, ended_by", "'lost', now(), :ada"),
        "ck_scheduled_changes_state",
    ),
    "a pending change that has ended": (
        scheduled("state, ended_at, ended_by", "'pending', now(), :ada"),
        "ck_scheduled_changes_ended",
    ),
    "a change that was applied at no time": (scheduled("state", "'applied'"), "ck_scheduled_changes_ended"),
    "a change that nobody cancelled": (
        scheduled("state, ended_at", "'cancelled', now()"),
        "ck_scheduled_changes_ended_by",
    ),
}


@pytest.mark.parametrize(("statement", "constraint"), REFUSED.values(), ids=REFUSED.keys())
async def test_the_constraint_refuses_the_statement(
    world: World, names: dict[str, str], statement: str, constraint: str
) -> None:
    used = {name: value for name, value in names.items() if f":{name}" in statement}
    before = await world.fingerprint()
    with pytest.raises(DBAPIError) as refused:
        async with world.engine.begin() as connection:
            await connection.execute(text(statement), used)
    assert f'constraint "{constraint}"' in str(refused.value.orig)
    assert await world.fingerprint() == before


async def test_the_right_rows_are_accepted(world: World, names: dict[str, str]) -> None:
    statements = [contract("'EUR', 90, 10000"), term(), CHANGE.format(n=3, delta=-1)]
    statements.append(scheduled("state, ended_at, ended_by", "'cancelled', now(), :ada"))
    async with world.engine.connect() as connection:
        transaction = await connection.begin()
        for statement in statements:
            used = {name: value for name, value in names.items() if f":{name}" in statement}
            assert (await connection.execute(text(statement), used)).rowcount == 1
        await connection.execute(text("set constraints all immediate"))
        await transaction.rollback()
