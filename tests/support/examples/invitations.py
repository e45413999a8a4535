"""Invitations and imports of a file of people."""

from tests.support.examples.example import PASSWORD, ROLES, SEAT, WAIT, Input, Scene, example, numbers

INVITATION = "id status email sentAt invitedBy member { role status user { id name } groups { nodes { id } } }"
PROBLEM = "line column reason message isInformation"


@example("member { role status user { id name } } token", changed={"firstName": "Augusta"})
async def accept_invitation(scene: Scene, about: str = "oneself") -> Input:
    """An invitation of the actor to a team of its own; with a password for a new account in the row of matrix.yaml."""
    other = await scene.world.team()
    await scene.world.invited(other, someone=scene.actor)
    token = await scene.world.link(other, scene.actor.id)
    return {"token": token, "password": PASSWORD} if about == "an invitation" else {"token": token}


@example(
    f"invitations {{ {INVITATION} }} seats {{ {SEAT} }} waits {{ {WAIT} }}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team", "people.0.groupIds.0": "group"},
)
async def invite_members(scene: Scene, about: str = "a user") -> Input:
    """Somebody to invite."""
    names = {"firstName": "Grace", "lastName": "Hopper", "email": scene.email()}
    role = ROLES.get(about.removeprefix("a "), ROLES["user"]).name
    groups = [await scene.world.group(scene.team)] if about == "into a group" else []
    return {"teamId": scene.team, "people": [{**names, "role": role, "groupIds": groups}]}


@example(
    f"rows imported skipped rejected seats waiting problems {{ {PROBLEM} }}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team"},
)
async def import_members(scene: Scene, about: str = "a user") -> Input:
    """A file with somebody in it."""
    group = f"Group of file {next(numbers)}" if about == "into a group" else ""
    if group:
        await scene.world.group(scene.team, group)
    text = f"First name,Last name,Email address,Group\nGrace,Hopper,{scene.email()},{group}"
    return {"teamId": scene.team, "text": text, "productId": scene.product if about == "with a product" else None}


@example(
    f"invitation {{ {INVITATION} }}",
    changed={"dryRun": True},
    foreign={"teamId": "team", "invitationId": "invite"},
)
async def resend_invitation(scene: Scene, about: str = "a user") -> Input:
    """An invitation to send again."""
    invited = await scene.world.invited(scene.team, ROLES[about.removeprefix("a ")])
    return {"teamId": scene.team, "invitationId": await scene.world.invitation(scene.team, invited.id)}


@example(
    f"revokedUserId promoted {{ {SEAT} }}",
    changed={"dryRun": True},
    foreign={"teamId": "team", "invitationId": "invite"},
)
async def revoke_invitation(scene: Scene, about: str = "a user") -> Input:
    """An invitation to revoke."""
    return await resend_invitation.make(scene, about)
