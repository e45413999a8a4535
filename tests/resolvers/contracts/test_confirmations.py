"""Contract managers are told of an order, and of a change of the renewal, once and in the transaction of the change."""

import pytest

from domain.roles import Role
from domain.subjects import System
from resolvers.contracts.calendar import run_day
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.mutations import Caller
from tests.support.notices import Agreement, agree, day
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

TOLD = "select kind, user_id from notices where team_id = $1 order by created_at, kind"


@pytest.fixture
async def agreed(world: World) -> Agreement:
    """A contract with a contact person and another contract manager."""
    return await agree(world)


async def send(client: Client, agreed: Agreement, mutation: str, **given: object) -> list[tuple[str, int | None]]:
    """Send an amendment as the contact person. Returns the errors."""
    product = await agreed.world.product()
    caller = Caller(client, agreed.world, agreed.team, product, agreed.contact.secret, agreed.contact)
    return (await caller.mutate(mutation, subscriptionId=agreed.subscription, version=1, **given)).errors


async def told(agreed: Agreement) -> list[tuple[object, ...]]:
    """The kinds of the notices, and the people who got them."""
    return [tuple(row) for row in await fetch_rows(agreed.world.database, TOLD, agreed.team)]


async def test_the_contact_person_is_told_of_an_order_and_not_in_a_dry_run(client: Client, agreed: Agreement) -> None:
    assert await send(client, agreed, "addSeats", seats=1, dryRun=True) == []
    assert await told(agreed) == []
    assert await send(client, agreed, "addSeats", seats=1, idempotencyKey="confirmation") == []
    assert await send(client, agreed, "addSeats", seats=1, idempotencyKey="confirmation") == []
    assert await told(agreed) == [("order_confirmation", agreed.contact.id)]


async def test_a_refused_amendment_tells_nobody(client: Client, agreed: Agreement) -> None:
    assert [code for code, _ in await send(client, agreed, "addSeats", seats=0)] == ["SEATS_INVALID"]
    assert await told(agreed) == []


async def test_a_change_of_the_renewal_is_told_once(client: Client, agreed: Agreement) -> None:
    assert await send(client, agreed, "setAutoRenew", autoRenew=True) == []
    assert await told(agreed) == [("auto_renew_changed", agreed.contact.id)]


async def test_a_renewal_by_the_calendar_is_confirmed_once(agreed: Agreement) -> None:
    await agreed.auto_renew(on=True)
    for _ in range(2):
        await run_day(workspace(agreed.world.database), System("job calendar"), day(29))
    assert await told(agreed) == [("order_confirmation", agreed.contact.id)]


async def test_nobody_outside_the_contract_managers_is_told(client: Client, agreed: Agreement) -> None:
    for role in (Role.USER, Role.SOFTWARE_COORDINATOR):
        await agreed.world.member(agreed.team, role)
    await fetch_rows(agreed.world.database, "update contracts set contact_id = null where id = $1", agreed.contract)
    assert await send(client, agreed, "addSeats", seats=1) == []
    assert sorted(str(user) for _, user in await told(agreed)) == sorted([agreed.contact.id, agreed.other.id])
