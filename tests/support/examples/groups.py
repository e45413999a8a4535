"""Groups, and the products that a group or a team gives to its members."""

from domain.actions import Action
from tests.support.examples.example import (
    EDGE,
    GIVES_SEATS,
    MOVES_SEATS,
    PEOPLE_IDS,
    SEAT,
    TAKES_SEATS,
    WAIT,
    Input,
    Scene,
    example,
    numbers,
)

GROUP = "group { id name members { nodes { user { id } } } products { id } }"
GIVEN = f"seats {{ {SEAT} }} waits {{ {WAIT} }}"
JOINING = f"memberEdges {EDGE} members {{ id }}"
LEAVING = "deletedMemberIds members { id }"
MEMBERS = f"{JOINING} deletedMemberIds"
FREED = f"freed {{ {SEAT} }} promoted {{ {SEAT} }}"


@example(
    Action.GROUPS_CREATE,
    f"{GROUP} groupEdges {EDGE} team {{ id }}",
    changed={"name": "Design"},
    foreign={"teamId": "team"},
)
async def create_group(scene: Scene, _: str = "the team") -> Input:
    """The name of a new group."""
    return {"teamId": scene.team, "name": f"Research {next(numbers)}"}


@example(Action.GROUPS_UPDATE, GROUP, changed={"name": "Design"}, foreign={"groupId": "group"})
async def rename_group(scene: Scene, _: str = "a group") -> Input:
    """A group, and another name for it."""
    return {"groupId": await scene.world.group(scene.team), "name": f"Research {next(numbers)}"}


@example(
    Action.GROUPS_DELETE,
    f"deletedGroupId deletedGroupIds team {{ id }} freedSeats promoted {{ {SEAT} }} {TAKES_SEATS}",
    changed={"confirm": 2},
    foreign={"teamId": "team", "groupId": "group"},
)
async def delete_group(scene: Scene, about: str = "of another") -> Input:
    """A group whose deletion frees one seat."""
    return {"teamId": scene.team, "groupId": await scene.giving_group(about), "confirm": 1}


@example(
    Action.GROUPS_UPDATE,
    f"{GROUP} {GIVEN} {FREED} {MEMBERS} {MOVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"groupId": "group", **PEOPLE_IDS},
)
async def set_group_members(scene: Scene, about: str = "another") -> Input:
    """A group with one member, and two other people."""
    people = [await scene.person(about), *await scene.world.members(scene.team, 1)]
    return {"groupId": await scene.giving_group("another"), "userIds": people}


@example(
    Action.GROUPS_UPDATE,
    f"{GROUP} {GIVEN} {JOINING} {GIVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"groupId": "group", **PEOPLE_IDS},
)
async def add_group_members(scene: Scene, about: str = "another") -> Input:
    """A group with one member, who holds a seat from it, and another person."""
    return {"groupId": await scene.giving_group("another"), "userIds": [await scene.person(about)]}


@example(
    Action.GROUPS_UPDATE,
    f"{GROUP} {FREED} {LEAVING} {TAKES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"groupId": "group", **PEOPLE_IDS},
)
async def remove_group_members(scene: Scene, about: str = "another") -> Input:
    """A group of two people who hold a seat from it, and one of them."""
    group, person = await scene.giving_group("another"), await scene.insider(about)
    await scene.world.add_to_group(scene.team, group, person)
    await scene.world.give_seat(scene.team, scene.product, person, "group", group)
    return {"groupId": group, "userIds": [person]}


@example(
    Action.GROUPS_UPDATE,
    f"fromGroup {{ id members {{ nodes {{ user {{ id }} }} }} }} toGroup {{ id name }} {GIVEN} {FREED} {MEMBERS} "
    f"{MOVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"fromGroupId": "group", "toGroupId": "group", **PEOPLE_IDS},
)
async def move_group_members(scene: Scene, about: str = "another") -> Input:
    """A member of a group that gives the product, and a group that gives another product."""
    group, other = await scene.giving_group("another"), await scene.world.group(scene.team)
    person, seat_of = await scene.insider(about), {"team_id": scene.team, "product_id": scene.product}
    await scene.world.add_to_group(scene.team, group, person)
    await scene.world.give_seat(**seat_of, user_id=person, kind="group", group_id=group)
    await scene.world.add_group_product(scene.team, other, await scene.world.pool(scene.team, 1))
    return {"fromGroupId": group, "toGroupId": other, "userIds": [person]}


@example(
    Action.GROUPS_ASSIGN,
    f"{GROUP} {GIVEN} {GIVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"groupId": "group"},
)
async def assign_group_product(scene: Scene, about: str = "of another") -> Input:
    """A group with one member, and a product that it does not give."""
    group = await scene.world.group(scene.team)
    await scene.world.add_to_group(scene.team, group, await scene.insider(about))
    return {"groupId": group, "productId": scene.product}


@example(Action.GROUPS_ASSIGN, f"{GROUP} {FREED} {TAKES_SEATS}", changed={"dryRun": True}, foreign={"groupId": "group"})
async def unassign_group_product(scene: Scene, about: str = "of another") -> Input:
    """A group, and the product that it gives."""
    return {"groupId": await scene.giving_group(about), "productId": scene.product}


@example(
    Action.DEFAULTS_SET,
    f"team {{ defaultProducts {{ id }} }} {GIVEN} {FREED} {MOVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team"},
)
async def set_default_products(scene: Scene, _: str = "the team") -> Input:
    """Another default product, while somebody holds a seat of the former one."""
    former = await scene.world.pool(scene.team, 1)
    await scene.world.add_default_product(scene.team, former)
    await scene.world.give_seat(scene.team, former, await scene.insider("self"), "default")
    return {"teamId": scene.team, "productIds": [scene.product]}
