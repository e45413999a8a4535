"""`createContract` and `setContactPerson`."""

import pytest
from sqlalchemy import text

from domain.contracts import MAX_TEAMS
from domain.roles import Role
from domain.terms import MAX_GRACE_DAYS
from tests.conftest import Client
from tests.support.deals import Deal, codes
from tests.support.mutations import Caller, audit_rows, new_caller
from tests.support.world import World

CONTRACT = "select team_id, currency, tax_rate, grace_days, contact_id from contracts where id = :id"
SERVED = "select team_id from contract_teams where contract_id = :id"


@pytest.fixture
async def vendor(client: Client, world: World) -> Caller:
    """A person of the vendor's staff; the caller's team is that of a customer."""
    caller = await new_caller(client, world, seats=0)
    await world.make_vendor(caller.who.id)
    return caller


async def test_the_vendor_creates_a_contract_that_serves_teams(vendor: Caller, world: World) -> None:
    other = await world.team()
    given = {"currency": "USD", "taxRate": 1_900, "graceDays": 30, "teamIds": [other, other, vendor.team]}
    payload = await vendor.mutate("createContract", teamId=vendor.team, **given)
    assert codes(payload) == []
    id_ = payload.content["contractId"]
    async with world.engine.connect() as connection:
        assert (await connection.execute(text(CONTRACT), {"id": id_})).one() == (vendor.team, "USD", 1_900, 30, None)
        assert {*(await connection.execute(text(SERVED), {"id": id_})).scalars()} == {vendor.team, other}
    [row] = await audit_rows(world, vendor.team)
    assert (row.action, row.target_id) == ("contracts:create", id_)
    agreed = {"currency": "USD", "taxRate": 1_900, "graceDays": 30}
    assert row.after == {**agreed, "teams": sorted([vendor.team, other])}


@pytest.mark.parametrize(
    ("field", "value", "code"),
    [
        *(("currency", value, "CURRENCY_INVALID") for value in ("", "eur", "EURO", "EUR\n", "€UR")),
        *(("taxRate", value, "TAX_RATE_INVALID") for value in (-1, 10_001, 2**31 - 1)),
        *(("graceDays", value, "GRACE_INVALID") for value in (-1, MAX_GRACE_DAYS + 1)),
        ("teamIds", [f"team_{n}" for n in range(MAX_TEAMS)], "LIST_TOO_LONG"),
    ],
)
async def test_bad_values_create_nothing(vendor: Caller, world: World, field: str, value: object, code: str) -> None:
    before = await world.fingerprint()
    given = {"teamId": vendor.team, "currency": "EUR", field: value}
    payload = await vendor.mutate("createContract", **given)
    assert [(one["code"], one["field"]) for one in payload.content["errors"]] == [(code, [field])]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("given", [{"teamId": "team_unknown"}, {"teamIds": ["team_unknown"]}])
async def test_a_contract_needs_teams_that_exist(vendor: Caller, world: World, given: dict[str, object]) -> None:
    before = await world.fingerprint()
    answer = await vendor.send("createContract", **{"teamId": vendor.team, "currency": "EUR", **given})
    assert answer.codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


async def contact(deal: Deal) -> str | None:
    """The user id of the contact person of the contract."""
    [row] = await deal.run(CONTRACT, id=deal.contract)
    return row.contact_id  # type: ignore[no-any-return]


async def test_a_contract_manager_becomes_the_contact_person_and_is_one_no_more(deal: Deal, world: World) -> None:
    for user_id in (deal.manager.who.id, None):
        payload = await deal.manager.mutate("setContactPerson", contractId=deal.contract, userId=user_id)
        assert (codes(payload), await contact(deal)) == ([], user_id)
        assert payload.content["contract"]["contactPerson"] == (user_id and {"id": user_id})
        before = await world.fingerprint()
        again = await deal.manager.mutate("setContactPerson", contractId=deal.contract, userId=user_id)
        assert codes(again) == []
        assert await world.fingerprint() == before
    rows = await audit_rows(world, deal.manager.team)
    me = deal.manager.who.id
    assert [(row.before, row.after) for row in rows] == [
        ({"contact": None}, {"contact": me}),
        ({"contact": me}, {"contact": None}),
    ]


@pytest.mark.parametrize("who", ["a coordinator", "an invited manager", "a stranger", "nobody"])
async def test_nobody_else_becomes_the_contact_person(deal: Deal, world: World, who: str) -> None:
    team = deal.manager.team
    people = {
        "a coordinator": (await world.member(team, Role.SOFTWARE_COORDINATOR)).id,
        "an invited manager": (await world.invited_member(team, Role.CONTRACT_MANAGER)).id,
        "a stranger": (await world.member(await world.team(), Role.CONTRACT_MANAGER)).id,
        "nobody": "user_unknown",
    }
    before = await world.fingerprint()
    payload = await deal.manager.mutate("setContactPerson", contractId=deal.contract, userId=people[who])
    assert [(one["code"], one["field"]) for one in payload.content["errors"]] == [("CONTACT_INVALID", ["userId"])]
    assert await world.fingerprint() == before


async def test_a_member_who_leaves_is_no_contact_person_any_more(deal: Deal, world: World) -> None:
    other = await world.member(deal.manager.team, Role.CONTRACT_MANAGER)
    assert codes(await deal.manager.mutate("setContactPerson", contractId=deal.contract, userId=other.id)) == []
    await deal.manager.remove([other.id])
    assert await contact(deal) is None
