"""The data of the bench of the console: a company with 500 people, as a coordinator would meet it."""

from dataclasses import dataclass

from domain.roles import Role
from tests.support.orders import order
from tests.support.subscriptions import Made
from tests.support.world import Account, World

MEMBERS, PRODUCTS, HOLDERS, GROUPS = 500, 6, 80, 12


@dataclass(frozen=True)
class Company:
    """A team, one person of each role, and the ids that stand in addresses of the console, by their names there."""

    people: dict[Role, Account]
    parts: dict[str, str]


async def found(world: World) -> Company:
    """Make the company."""
    team = await world.team()
    people = {role: await world.member(team, role) for role in Role}
    members = await world.members(team, MEMBERS)
    products = [await world.pool(team, HOLDERS + 5) for _ in range(PRODUCTS)]
    groups = [await world.group(team) for _ in range(GROUPS)]
    for place, product in enumerate(products):
        for user_id in members[place * 50 : place * 50 + HOLDERS]:
            await world.give_seat(team, product, user_id)
        for role in Role:
            await world.give_seat(team, product, people[role].id)
    for place, group in enumerate(groups):
        await world.add_to_group(team, group, *members[place * 20 : place * 20 + 40])
    subscription = await world.subscription_id(team, products[0])
    placed = await order(world, Made(subscription, team, products[0], []))
    parts = {
        "team": team,
        "member": await world.member_id(team, people[Role.USER].id),
        "product": products[0],
        "pool": f"pool_{team}.{products[0]}",
        "group": groups[0],
        "subscription": subscription,
        "order": placed.id,
    }
    return Company(people, parts)
