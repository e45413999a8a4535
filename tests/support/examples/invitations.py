"""Invitations, and imports of people from a file."""

from domain.actions import Action
from tests.support.examples.example import (
    EDGE,
    GIVES_SEATS,
    JOINS,
    LEAVES,
    MOVES_SEATS,
    PASSWORD,
    ROLES,
    SEAT,
    TAKES_SEATS,
    WAIT,
    Input,
    Scene,
    example,
    numbers,
)

INVITED = "member { role status user { id name } groups { nodes { id } } }"
INVITATION = f"id status email sentAt mailState mailReason invitedBy {INVITED}"
CHANGE = "line userId nameBefore nameAfter roleBefore roleAfter joinedGroupIds"
PROBLEM = "line column reason message isInformation"


@example(
    Action.INVITATIONS_ACCEPT,
    f"member {{ role status user {{ id name }} }} token challenge secondFactors "
    f"memberEdges {EDGE} teamEdges {EDGE} {GIVES_SEATS}",
    changed={"firstName": "Augusta"},
)
async def accept_invitation(scene: Scene, about: str = "oneself") -> Input:
    """An invitation of the actor to another team. For "an invitation", in matrix.yaml, also a password."""
    other = await scene.world.team()
    await scene.world.invited_member(other, account=scene.actor)
    token = await scene.world.invitation_token(other, scene.actor.id)
    return {"token": token, "password": PASSWORD} if about == "an invitation" else {"token": token}


@example(
    Action.MEMBERS_INVITE,
    f"invitations {{ {INVITATION} }} seats {{ {SEAT} }} waits {{ {WAIT} }} {JOINS} {GIVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team", "people.0.groupIds.0": "group"},
)
async def invite_members(scene: Scene, about: str = "a user") -> Input:
    """A person to invite."""
    names = {"firstName": "Grace", "lastName": "Hopper", "email": scene.email()}
    role = ROLES.get(about.removeprefix("a "), ROLES["user"]).name
    groups = [await scene.world.group(scene.team)] if about == "into a group" else []
    return {"teamId": scene.team, "people": [{**names, "role": role, "groupIds": groups}]}


@example(
    Action.MEMBERS_IMPORT,
    f"rows imported updated skipped rejected seats waiting problems {{ {PROBLEM} }} changes {{ {CHANGE} }} "
    f"leavers {{ user {{ id }} }} leaverCount leaverSeats removedUserIds promoted {{ {SEAT} }} memberEdges {EDGE} "
    f"members {{ id }} {LEAVES} {MOVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team"},
)
async def import_members(scene: Scene, about: str = "a user") -> Input:
    """A file with one person. "again" means an invited person, who gets another name."""
    if about == "an invited user again":
        invited = await scene.world.invited_member(scene.team)
        text = f"First name,Last name,Email address\nAugusta,Hopper,{invited.email}"
        return {"teamId": scene.team, "text": text, "mode": "UPSERT"}
    group = f"Group of file {next(numbers)}" if about == "into a group" else ""
    if group:
        await scene.world.group(scene.team, group)
    role = "software coordinator" if about == "a coordinator" else ""
    text = f"First name,Last name,Email address,Group,Role\nGrace,Hopper,{scene.email()},{group},{role}"
    return {"teamId": scene.team, "text": text, "productId": scene.product if about == "with a product" else None}


@example(
    Action.INVITATIONS_RESEND,
    f"invitation {{ {INVITATION} }}",
    changed={"dryRun": True},
    foreign={"teamId": "team", "invitationId": "invite"},
)
async def resend_invitation(scene: Scene, about: str = "a user") -> Input:
    """An open invitation."""
    invited = await scene.world.invited_member(scene.team, ROLES[about.removeprefix("a ")])
    return {"teamId": scene.team, "invitationId": await scene.world.invitation(scene.team, invited.id)}


@example(
    Action.INVITATIONS_REVOKE,
    f"revokedUserId promoted {{ {SEAT} }} {LEAVES} {TAKES_SEATS}",
    changed={"dryRun": True},
    foreign={"teamId": "team", "invitationId": "invite"},
)
async def revoke_invitation(scene: Scene, about: str = "a user") -> Input:
    """An open invitation."""
    return await resend_invitation.make(scene, about)


@example(
    Action.MEMBERS_UPDATE,
    f"member {{ role status user {{ name }} groups {{ nodes {{ id }} }} }} seats {{ {SEAT} }} waits {{ {WAIT} }} "
    f"freed {{ {SEAT} }} promoted {{ {SEAT} }} groupEdges {EDGE} deletedGroupIds groups {{ id }} "
    f"{MOVES_SEATS}",
    changed={"lastName": "Lovelace"},
    foreign={"teamId": "team", "userId": "user", "groupIds.0": "group"},
)
async def update_member(scene: Scene, about: str = "an invited user") -> Input:
    """A person and another name. After "to" a role, or "into a group" a group, instead of the name."""
    person, _, role = about.removesuffix(" into a group").partition(" to a ")
    changes: Input = {"role": ROLES[role].name} if role else {"firstName": "Augusta"}
    if about.endswith("into a group"):
        changes = {"groupIds": [await scene.world.group(scene.team)]}
    invited = person.removeprefix("an invited ")
    if invited == person:
        return {"teamId": scene.team, "userId": await scene.person(person), **changes}
    return {
        "teamId": scene.team,
        "userId": (await scene.world.invited_member(scene.team, ROLES[invited])).id,
        **changes,
    }
