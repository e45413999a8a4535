"""For each mutation an input with which it changes something, made of fresh rows."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import Any

from domain.actions import Scope
from tests.conftest import Client
from tests.resolvers.mutations import Desk, desk_of
from tests.world import World

PASSWORD = "correct horse battery"
Asked = dict[str, Any]


CSV = "First name,Last name,Email address"


async def inviting(desk: Desk) -> Asked:
    """Somebody to invite."""
    person = {"firstName": "Grace", "lastName": "Hopper", "email": f"grace-{desk.team}@tests.example"}
    return {"teamId": desk.team, "people": [person]}


async def importing(desk: Desk) -> Asked:
    """A file with somebody in it."""
    return {"teamId": desk.team, "text": f"{CSV}\nGrace,Hopper,grace-{desk.team}@tests.example"}


async def resending(desk: Desk) -> Asked:
    """An invitation to send again."""
    grace = await desk.world.invited(desk.team)
    return {"teamId": desk.team, "invitationId": await desk.world.invitation(desk.team, grace.id)}


async def accepting(desk: Desk) -> Asked:
    """An invitation of oneself to another team."""
    other = await desk.world.team()
    await desk.world.invited(other, someone=desk.who)
    return {"token": await desk.world.link(other, desk.who.id)}


async def assigning(desk: Desk) -> Asked:
    """A seat for somebody."""
    return {"teamId": desk.team, "productId": desk.product, "userIds": await desk.members(1)}


async def unassigning(desk: Desk) -> Asked:
    """A seat to take back."""
    asked = await assigning(desk)
    await desk.hold(asked["userIds"][0])
    return asked


async def reassigning(desk: Desk) -> Asked:
    """A seat to move."""
    ada, eve = await desk.members(2)
    return {"seatId": await desk.hold(ada), "fromUserId": ada, "toUserId": eve}


async def requesting(desk: Desk) -> Asked:
    """A seat to ask for."""
    return {"teamId": desk.team, "productId": desk.product, "note": "For the drawings"}


async def withdrawing(desk: Desk) -> Asked:
    """A request to take back."""
    return {"requestId": await desk.world.request(desk.team, desk.product, desk.who.id)}


async def answering(desk: Desk) -> Asked:
    """A request to grant."""
    [ada] = await desk.members(1)
    return {"requestId": await desk.world.request(desk.team, desk.product, ada), "grant": True, "message": "Enjoy"}


async def making_a_group(desk: Desk) -> Asked:
    """A group to make."""
    return {"teamId": desk.team, "name": "Research"}


async def renaming(desk: Desk) -> Asked:
    """A group to call otherwise."""
    return {"groupId": await desk.world.group(desk.team), "name": "Research"}


async def giving_group(desk: Desk) -> Asked:
    """A group with a member who holds a seat because it gives one."""
    [ada], group = await desk.members(1), await desk.world.group(desk.team)
    await desk.world.enter(desk.team, group, ada)
    await desk.world.gives(desk.team, group, desk.product)
    await desk.hold(ada, "group", group)
    return {"groupId": group}


async def deleting(desk: Desk) -> Asked:
    """A group to delete, which frees a seat."""
    return {**await giving_group(desk), "teamId": desk.team, "confirm": 1}


async def regrouping(desk: Desk) -> Asked:
    """A group in whose only member's place others are to be."""
    return {**await giving_group(desk), "userIds": await desk.members(2)}


async def giving_to_a_group(desk: Desk) -> Asked:
    """A group with a member to give a product to."""
    [ada], group = await desk.members(1), await desk.world.group(desk.team)
    await desk.world.enter(desk.team, group, ada)
    return {"groupId": group, "productId": desk.product}


async def taking_from_a_group(desk: Desk) -> Asked:
    """A group to take its product from."""
    return {**await giving_group(desk), "productId": desk.product}


async def setting_defaults(desk: Desk) -> Asked:
    """Another default than there is."""
    former = await desk.world.pool(desk.team, 1)
    await desk.world.default(desk.team, former)
    await desk.world.hold(desk.team, former, desk.who.id, "default")
    return {"teamId": desk.team, "productIds": [desk.product]}


async def removing(desk: Desk) -> Asked:
    """Somebody to remove."""
    return {"teamId": desk.team, "userIds": await desk.members(1)}


async def changing_role(desk: Desk) -> Asked:
    """Somebody to make a coordinator."""
    [ada] = await desk.members(1)
    return {"teamId": desk.team, "userId": ada, "role": "SOFTWARE_COORDINATOR"}


async def creating(desk: Desk) -> Asked:
    """A token to make."""
    expires = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return {"teamId": desk.team, "name": "Nightly sync", "scopes": ["SEATS_ASSIGN"], "expiresAt": expires}


async def revoking(desk: Desk) -> Asked:
    """A token to revoke."""
    token, _ = await desk.world.token(desk.team, desk.who.id, Scope.SEATS_ASSIGN)
    return {"tokenId": token}


async def signing_up(desk: Desk) -> Asked:
    """An account to open."""
    email = f"new-{desk.team}@tests.example"
    return {"email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Byron"}


async def signing_in(desk: Desk) -> Asked:
    """An account to sign in to."""
    account = await signing_up(desk)
    await desk.tell("signUp", **account)
    return {"email": account["email"], "password": PASSWORD}


async def signing_out(_: Desk) -> Asked:
    """The session of the request."""
    return {}


PREPARED: dict[str, Callable[[Desk], Awaitable[Asked]]] = {
    "inviteMembers": inviting,
    "importMembers": importing,
    "resendInvitation": resending,
    "revokeInvitation": resending,
    "acceptInvitation": accepting,
    "assignSeats": assigning,
    "unassignSeats": unassigning,
    "reassignSeat": reassigning,
    "requestSeat": requesting,
    "withdrawRequest": withdrawing,
    "answerRequest": answering,
    "createGroup": making_a_group,
    "renameGroup": renaming,
    "deleteGroup": deleting,
    "setGroupMembers": regrouping,
    "assignGroupProduct": giving_to_a_group,
    "unassignGroupProduct": taking_from_a_group,
    "setDefaultProducts": setting_defaults,
    "removeMembers": removing,
    "changeRole": changing_role,
    "createPartnerToken": creating,
    "revokePartnerToken": revoking,
    "signUp": signing_up,
    "signIn": signing_in,
    "signOut": signing_out,
}


async def prepared(client: Client, world: World, mutation: str) -> tuple[Desk, Asked]:
    """A desk, and an input with which this mutation changes something."""
    desk = await desk_of(client, world, seats=3)
    return desk, await PREPARED[mutation](desk)
