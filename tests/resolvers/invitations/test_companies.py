"""`createCompany`: the team, its first contract manager, and its first subscription, in one transaction."""

from typing import Any

import pytest
from sqlalchemy import func, select, text

from db.tables.invitations import Invitation
from db.tables.people import Membership, Team, User
from db.tables.seats import Seat
from domain.roles import Role
from tests.conftest import Client
from tests.support.examples.example import PASSWORD, Input, Scene
from tests.support.examples.vendor import create_company, subscription
from tests.support.mutations import Caller, audit_rows, new_caller, operation
from tests.support.world import World


@pytest.fixture
async def vendor(client: Client, world: World) -> Caller:
    """A person of the vendor's staff, who also is a member of another team with a product."""
    caller = await new_caller(client, world, seats=1)
    await world.make_vendor(caller.who.id)
    return caller


def scene(vendor: Caller) -> Scene:
    return Scene(vendor.client, vendor.world, vendor.team, vendor.product, vendor.who)


async def rows_of(world: World, team: str) -> list[tuple[Any, ...]]:
    """The role, whether it is accepted, and the inviter of each membership of a team."""
    query = select(Membership.role, Membership.accepted_at.is_not(None), Invitation.invited_by).join(
        Invitation, (Invitation.team_id == Membership.team_id) & (Invitation.user_id == Membership.user_id)
    )
    async with world.engine.connect() as connection:
        return [tuple(row) for row in await connection.execute(query.where(Membership.team_id == team))]


async def queued_invitations(world: World, team: str) -> list[str]:
    """The ids of the invitations of a team whose mails are queued."""
    query = text("select convert_from(payload, 'UTF8')::jsonb from jobs.pgqueuer where entrypoint = 'invitation'")
    async with world.engine.connect() as connection:
        payloads = (await connection.execute(query)).scalars()
        return [payload["invitation_id"] for payload in payloads if payload["team_id"] == team]


async def test_a_company_has_a_team_an_invitation_and_a_subscription(world: World, vendor: Caller) -> None:
    company = await create_company.make(scene(vendor))
    result = (await vendor.mutate("createCompany", **company)).content
    assert result["errors"] == []
    team = result["teamId"]
    assert await rows_of(world, team) == [("contract_manager", False, vendor.who.id)]
    assert len(await world.free_seats(team, vendor.product)) == 2
    [row] = await audit_rows(world, team)
    assert (row.action, row.actor_kind, row.actor_id, row.target_id) == (
        "companies:create", "person", vendor.who.id, team,
    )  # fmt: skip
    [(invitation, invited)] = row.after.pop("invited").items()
    assert invited["role"] == "contract_manager"
    sold = company["subscription"]
    term = {"starts": sold["startsOn"], "ends": sold["endsOn"]}
    shown = {"id": result["subscriptionId"], "product": sold["productId"], "seats": 2, **term}
    assert row.after["subscription"].pop("order").startswith("order_")
    assert row.after == {"name": company["name"], "subscription": shown}
    assert [fact["kind"] for fact in row.facts[:2]] == ["Person", "Business"]
    assert row.facts[2]["action"] == "subscriptions:add"
    assert await world.audit_actions(team) == ["companies:create"]
    assert await queued_invitations(world, team) == [invitation]


async def test_companies_with_one_address_send_one_mail_now_and_the_others_later(world: World, vendor: Caller) -> None:
    company = await create_company.make(scene(vendor), "a company")
    companies = [{**company, "name": f"{company['name']} {branch}"} for branch in ("East", "West", "North")]
    teams = [(await vendor.mutate("createCompany", **one)).content["teamId"] for one in companies]
    query = text("""
        select convert_from(payload, 'UTF8')::jsonb ->> 'team_id' as team,
            round(extract(epoch from execute_after - created) / 60) as minutes
        from jobs.pgqueuer where entrypoint = 'invitation'
    """)
    async with world.engine.connect() as connection:
        delays = {team: int(minutes) for team, minutes in await connection.execute(query)}
    assert [delays[team] for team in teams] == [0, 5, 10]


async def test_the_invited_person_becomes_the_contract_manager(client: Client, world: World, vendor: Caller) -> None:
    company = await create_company.make(scene(vendor), "a company")
    team = (await vendor.mutate("createCompany", **company)).content["teamId"]
    async with world.engine.connect() as connection:
        invited = (await connection.execute(select(Membership.user_id).where(Membership.team_id == team))).scalar_one()
    token = await world.invitation_token(team, invited)
    accepting = {"token": token, "password": PASSWORD}
    accepted = (await client(operation("acceptInvitation"), input=accepting)).data["acceptInvitation"]
    assert (accepted["member"]["role"], accepted["errors"]) == ("CONTRACT_MANAGER", [])
    query = "query ($id: ID!) { team(id: $id) { name viewerRole audit { nodes { action } } } }"
    shown = (await client(query, accepted["token"], id=team)).data["team"]
    assert (shown["name"], shown["viewerRole"]) == (company["name"], "CONTRACT_MANAGER")
    assert "companies:create" in {node["action"] for node in shown["audit"]["nodes"]}


async def test_an_existing_account_is_invited_and_keeps_its_names(world: World, vendor: Caller) -> None:
    account = await world.person("Augusta", "King")
    company = await create_company.make(scene(vendor), "a company")
    company["contractManager"]["email"] = account.email.upper()
    result = await vendor.mutate("createCompany", **company)
    assert await rows_of(world, result.content["teamId"]) == [("contract_manager", False, vendor.who.id)]
    async with world.engine.connect() as connection:
        names = select(User.first_name, Membership.team_id).join(Membership, Membership.user_id == User.id)
        found = (await connection.execute(names.where(User.id == account.id))).all()
    assert [tuple(row) for row in found] == [("Augusta", result.content["teamId"])]


async def test_the_vendors_staff_sees_nothing_of_the_team(world: World, vendor: Caller) -> None:
    company = await create_company.make(scene(vendor))
    team = (await vendor.mutate("createCompany", **company)).content["teamId"]
    async with world.engine.connect() as connection:
        rows = [
            *(await connection.execute(select(Membership.id, Membership.user_id).where(Membership.team_id == team))),
            *(await connection.execute(select(Invitation.id).where(Invitation.team_id == team))),
            *(await connection.execute(select(Seat.id).where(Seat.team_id == team))),
        ]
    for id_ in (team, *(id_ for row in rows for id_ in row)):
        answer = await vendor.client("query ($id: ID!) { node(id: $id) { id } }", vendor.secret, id=id_)
        assert answer.codes == ["NOT_FOUND"], id_
    answer = await vendor.client("query ($id: ID!) { team(id: $id) { id } }", vendor.secret, id=team)
    assert answer.codes == ["NOT_FOUND"]
    for query in ("{ teams { nodes { id } } }", "{ viewer { memberships { nodes { team { id } } } } }"):
        assert team not in str((await vendor.client(query, vendor.secret)).data)


@pytest.mark.parametrize(
    ("path", "value", "error"),
    [
        ("name", " ", ("NAME_INVALID", ["name"])),
        ("name", "x" * 101, ("NAME_INVALID", ["name"])),
        ("firstName", "", ("NAME_INVALID", ["contractManager", "firstName"])),
        ("lastName", "a\tb", ("NAME_INVALID", ["contractManager", "lastName"])),
        ("email", "nowhere", ("EMAIL_INVALID", ["contractManager", "email"])),
        ("seats", 0, ("SEATS_INVALID", ["subscription", "seats"])),
        ("endsOn", "2020-01-01", ("TERM_INVALID", ["subscription", "endsOn"])),
    ],
)
async def test_a_wrong_value_creates_nothing(
    world: World, vendor: Caller, path: str, value: object, error: tuple[str, list[str]]
) -> None:
    company = await create_company.make(scene(vendor))
    for part in (company, company["contractManager"], company["subscription"]):
        if path in part:
            part[path] = value
    before = await world.fingerprint()
    result = (await vendor.mutate("createCompany", **company)).content
    assert [(one["code"], one["field"]) for one in result["errors"]] == [error]
    assert (result["teamId"], result["subscriptionId"]) == (None, None)
    assert await world.fingerprint() == before


@pytest.mark.parametrize(("old", "new"), [("W", "w"), (" ", " \u00a0"), ("W", "\u200bẀ")])
async def test_no_two_companies_have_names_that_count_as_equal(
    world: World, vendor: Caller, old: str, new: str
) -> None:
    company = await create_company.make(scene(vendor), "a company")
    assert (await vendor.mutate("createCompany", **company)).errors == []
    again = {**company, "name": company["name"].replace(old, new)}
    before = await world.fingerprint()
    result = (await vendor.mutate("createCompany", **again)).content
    assert ([(one["code"], one["field"]) for one in result["errors"]], result["teamId"]) == (
        [("NAME_TAKEN", ["name"])],
        None,
    )
    assert await world.fingerprint() == before


async def test_an_unknown_product_leaves_no_team_behind(world: World, vendor: Caller) -> None:
    company: Input = await create_company.make(scene(vendor), "a company")
    sold = {**subscription(scene(vendor)), "productId": "product_unknown"}
    before = await world.fingerprint()
    assert (await vendor.send("createCompany", **company, subscription=sold)).codes == ["NOT_FOUND"]
    assert await world.fingerprint() == before


@pytest.mark.parametrize("role", Role)
async def test_no_role_in_a_team_makes_a_company(client: Client, world: World, role: Role) -> None:
    caller = await new_caller(client, world, seats=1, role=role)
    company = await create_company.make(scene(caller))
    assert (await caller.send("createCompany", **company)).codes == ["FORBIDDEN"]
    async with world.engine.connect() as connection:
        made = select(func.count()).select_from(Team).where(Team.name == company["name"])
        assert (await connection.execute(made)).scalar_one() == 0
