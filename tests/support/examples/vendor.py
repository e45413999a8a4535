"""What the vendor's staff does: companies, subscriptions and products."""

from datetime import UTC, datetime, timedelta

from domain.actions import Action
from domain.roles import Role
from tests.support.examples.example import Input, Scene, example, numbers

SOLD_TO = {"teamId": "team", "contractId": "contract"}


def subscription(scene: Scene, seats: int = 2) -> Input:
    """A subscription of the product that has begun and has not ended."""
    today = datetime.now(UTC).date()
    term = {"startsOn": today.isoformat(), "endsOn": (today + timedelta(days=364)).isoformat()}
    return {"productId": scene.product, "seats": seats, **term}


@example(Action.COMPANIES_CREATE, "teamId subscriptionId", changed={"name": "Other Works"}, vendor=True)
async def create_company(scene: Scene, about: str = "with a subscription") -> Input:
    """A new company."""
    manager = {"firstName": "Grace", "lastName": "Hopper", "email": scene.email()}
    company = {"name": f"Works {next(numbers)}", "contractManager": manager}
    return company if about == "a company" else {**company, "subscription": subscription(scene)}


@example(Action.COMPANIES_INVITE, "email", changed={"firstName": "Ada"}, foreign={"teamId": "team"}, vendor=True)
async def invite_contract_manager(scene: Scene, _: str = "a company") -> Input:
    """An invitation to a team that nobody manages, instead of an open one."""
    team = await scene.world.team()
    await scene.world.invited_member(team, Role.CONTRACT_MANAGER)
    return {"teamId": team, "email": scene.email(), "firstName": "Grace", "lastName": "Hopper"}


@example(Action.SUBSCRIPTIONS_ADD, "subscriptionId", changed={"seats": 3}, foreign=SOLD_TO, vendor=True)
async def add_subscription(scene: Scene, _: str = "the team") -> Input:
    """A subscription for the team."""
    return {"teamId": scene.team, **subscription(scene)}


@example(
    Action.PRODUCTS_ADD,
    "product { id name description } productEdges { cursor node { id } }",
    changed={"name": "Other"},
    vendor=True,
)
async def add_product(_scene: Scene, _: str = "a product") -> Input:
    """A new product."""
    return {"name": f"Example {next(numbers)}", "description": "For tests"}
