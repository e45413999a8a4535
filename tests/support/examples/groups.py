"""Groups, and the products that a group or the team gives to its members."""

from tests.support.examples.example import SEAT, WAIT, Input, Scene, example, numbers

GROUP = "group { id name members { nodes { user { id } } } products { id } }"
GIVEN = f"seats {{ {SEAT} }} waits {{ {WAIT} }}"
FREED = f"freed {{ {SEAT} }} promoted {{ {SEAT} }}"


@example(GROUP, changed={"name": "Design"}, foreign={"teamId": "team"})
async def create_group(scene: Scene, _: str = "the team") -> Input:
    """A group to make."""
    return {"teamId": scene.team, "name": f"Research {next(numbers)}"}


@example(GROUP, changed={"name": "Design"}, foreign={"groupId": "group"})
async def rename_group(scene: Scene, _: str = "a group") -> Input:
    """A group to give another name."""
    return {"groupId": await scene.world.group(scene.team), "name": f"Research {next(numbers)}"}


@example(
    f"deletedGroupId freedSeats promoted {{ {SEAT} }}",
    changed={"confirm": 2},
    foreign={"teamId": "team", "groupId": "group"},
)
async def delete_group(scene: Scene, about: str = "of another") -> Input:
    """A group to delete, which frees a seat."""
    return {"teamId": scene.team, "groupId": await scene.giving_group(about), "confirm": 1}


@example(
    f"{GROUP} {GIVEN} {FREED}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"groupId": "group", "userIds.0": "user"},
)
async def set_group_members(scene: Scene, about: str = "another") -> Input:
    """A group whose only member is to be replaced by two people."""
    people = [await scene.person(about), *await scene.world.members(scene.team, 1)]
    return {"groupId": await scene.giving_group("another"), "userIds": people}


@example(f"{GROUP} {GIVEN}", changed={"mode": "BEST_EFFORT"}, foreign={"groupId": "group"})
async def assign_group_product(scene: Scene, about: str = "of another") -> Input:
    """A group with a member, to give a product to."""
    group = await scene.world.group(scene.team)
    await scene.world.enter(scene.team, group, await scene.insider(about))
    return {"groupId": group, "productId": scene.product}


@example(f"{GROUP} {FREED}", changed={"dryRun": True}, foreign={"groupId": "group"})
async def unassign_group_product(scene: Scene, about: str = "of another") -> Input:
    """A group to take its product from."""
    return {"groupId": await scene.giving_group(about), "productId": scene.product}


@example(
    f"team {{ defaultProducts {{ id }} }} {GIVEN} {FREED}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team"},
)
async def set_default_products(scene: Scene, _: str = "the team") -> Input:
    """Another default product than the one that gave somebody a seat."""
    former = await scene.world.pool(scene.team, 1)
    await scene.world.default(scene.team, former)
    await scene.world.hold(scene.team, former, await scene.insider("self"), "default")
    return {"teamId": scene.team, "productIds": [scene.product]}
