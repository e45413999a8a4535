"""Members and their roles."""

from domain.actions import Action
from domain.roles import Role
from tests.support.examples.example import LEAVES, PEOPLE_IDS, SEAT, TAKES_SEATS, Input, Scene, example


@example(
    Action.MEMBERS_REMOVE,
    f"removedUserIds promoted {{ {SEAT} }} {LEAVES} deletedTeamIds {TAKES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team", **PEOPLE_IDS},
)
async def remove_members(scene: Scene, about: str = "a user") -> Input:
    """A member to remove."""
    return {"teamId": scene.team, "userIds": [await scene.person(about)]}


@example(Action.ACCOUNTS_UPDATE, "user { id name language }", changed={"language": "EN"})
async def update_profile(_scene: Scene, _: str = "self") -> Input:
    """Another name and another language."""
    return {"firstName": "Augusta", "language": "DE"}


@example(Action.ACCOUNTS_DELETE, "deletedUserId", changed={"dryRun": True})
async def delete_account(scene: Scene, _: str = "self") -> Input:
    """Nothing: the mutation deletes the account of the actor. Their teams have another contract manager."""
    for team in await scene.world.managed_teams(scene.actor.id):
        await scene.world.member(team, Role.CONTRACT_MANAGER)
    return {}


@example(
    Action.MEMBERS_CHANGE_ROLE,
    "member { role status user { id } }",
    changed={"role": "USER"},
    foreign={"teamId": "team", "userId": "user"},
)
async def change_role(scene: Scene, about: str = "a user") -> Input:
    """A member, and the role of coordinator, or the role after "to"."""
    person, _, role = about.partition(" to ")
    named = {"a manager": "CONTRACT_MANAGER", "a user": "USER"}.get(role, "SOFTWARE_COORDINATOR")
    return {"teamId": scene.team, "userId": await scene.person(person), "role": named}


@example(
    Action.MEMBERS_CHANGE_ROLE,
    "members { role status user { id } }",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team", **PEOPLE_IDS},
)
async def change_roles(scene: Scene, about: str = "a user") -> Input:
    """The member and the role of `change_role`, in a list."""
    named = await change_role.make(scene, about)
    return {"teamId": named["teamId"], "userIds": [named["userId"]], "role": named["role"]}


@example(
    Action.TEAMS_UPDATE,
    "team { id name language separationOfDuties requiresSecondFactor lastSeatsBelow }",
    changed={"language": "DE"},
    foreign={"teamId": "team"},
)
async def update_team(scene: Scene, about: str = "the team") -> Input:
    """A team, and a new name, or a new rule of the team."""
    if about == "a rule of the team":
        return {"teamId": scene.team, "separationOfDuties": True}
    return {"teamId": scene.team, "name": f"Renamed {scene.email()}"}
