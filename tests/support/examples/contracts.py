"""Amendments of subscriptions, and what else changes a contract."""

from datetime import UTC, datetime, timedelta

from domain.actions import Action
from domain.roles import Role
from tests.support.examples.example import EDGE, Input, Scene, example
from tests.support.subscriptions import Made, make_contract, make_subscription, schedule

SUBSCRIPTION = "subscription { id version seats autoRenew endsOn scheduledChange { seats effectiveOn } }"
GIVES = f"seatEdges {EDGE} deletedWaitIds pools {{ id total assigned available }}"
ORDER = "order { id kind total { amount currency } lines { quantity amount { amount } } }"
IDS = {"subscriptionId": "sub"}


async def subscription(scene: Scene, *served: str, seats: int = 3) -> Made:
    """A subscription with free seats, of a contract of the team that serves other teams, too. It ends in 99 days."""
    today = datetime.now(UTC).date()
    contract = await make_contract(scene.world, scene.team, *served)
    term = (today - timedelta(days=100), today + timedelta(days=99))
    return await make_subscription(scene.world, contract, scene.team, term, seats)


async def seen(scene: Scene, *served: str) -> Input:
    """A subscription as somebody sees it who wants to amend it."""
    return {"subscriptionId": (await subscription(scene, *served)).id, "version": 1}


@example(
    Action.CONTRACTS_AMEND, f"{SUBSCRIPTION} {ORDER} {GIVES}", changed={"seats": 3}, foreign=IDS, contract_manager=True
)
async def add_seats(scene: Scene, _: str = "a subscription") -> Input:
    """Two more seats."""
    return {**await seen(scene), "seats": 2}


@example(
    Action.CONTRACTS_AMEND,
    SUBSCRIPTION,
    changed={"seats": 2},
    foreign={**IDS, "seatIds.0": "seat"},
    contract_manager=True,
)
async def reduce_seats(scene: Scene, _: str = "a subscription") -> Input:
    """One seat instead of three."""
    return {**await seen(scene), "seats": 1}


@example(
    Action.CONTRACTS_AMEND,
    SUBSCRIPTION,
    changed={"dryRun": True},
    foreign={"changeId": "change"},
    contract_manager=True,
)
async def cancel_scheduled_change(scene: Scene, _: str = "a change") -> Input:
    """A reduction for the end of the term."""
    made = await subscription(scene)
    day = datetime.now(UTC).date() + timedelta(days=100)
    return {"changeId": await schedule(scene.world, made, 1, effective_on=day)}


@example(Action.CONTRACTS_AMEND, SUBSCRIPTION, changed={"autoRenew": False}, foreign=IDS, contract_manager=True)
async def set_auto_renew(scene: Scene, _: str = "a subscription") -> Input:
    """A subscription that is to renew itself."""
    return {**await seen(scene), "autoRenew": True}


@example(
    Action.CONTRACTS_AMEND, f"{SUBSCRIPTION} {ORDER} {GIVES}", changed={"months": 6}, foreign=IDS, contract_manager=True
)
async def renew_subscription(scene: Scene, _: str = "a subscription") -> Input:
    """A year with two seats."""
    return {**await seen(scene), "months": 12, "seats": 2}


@example(
    Action.CONTRACTS_AMEND,
    f"{SUBSCRIPTION} target {{ id seats }} {ORDER} {GIVES}",
    changed={"seats": 1},
    foreign={**IDS, "toTeamId": "team"},
    contract_manager=True,
)
async def move_seats(scene: Scene, _: str = "a subscription") -> Input:
    """Two seats for another team of the contract, of which the actor is a contract manager, too."""
    other = await scene.world.team()
    await scene.world.member(other, Role.CONTRACT_MANAGER, scene.actor)
    return {**await seen(scene, other), "toTeamId": other, "seats": 2}


@example(
    Action.CONTRACTS_AMEND,
    "contract { id contactPerson { id } }",
    changed={"userId": None},
    foreign={"contractId": "contract", "userId": "user"},
    contract_manager=True,
)
async def set_contact_person(scene: Scene, _: str = "a contract") -> Input:
    """A contract without a contact person, and a contract manager."""
    contract = await make_contract(scene.world, scene.team)
    return {"contractId": contract, "userId": await scene.person("a manager")}


@example(
    Action.CONTRACTS_CREATE,
    "contractId",
    changed={"currency": "USD"},
    foreign={"teamId": "team", "teamIds.0": "team"},
    vendor=True,
)
async def create_contract(scene: Scene, _: str = "the team") -> Input:
    """A contract of the team in euros."""
    return {"teamId": scene.team, "currency": "EUR", "taxRate": 1_900, "graceDays": 30}
