"""Seats, and requests for seats."""

from domain.actions import Action
from tests.support.examples.example import GIVES_SEATS, PEOPLE_IDS, SEAT, TAKES_SEATS, WAIT, Input, Scene, example

POOL = "pool { total assigned available }"
REQUEST = "id state note answer product { id } member { user { id } } answeredBy { id }"


@example(
    Action.SEATS_ASSIGN,
    f"seats {{ {SEAT} }} alreadyHeld {{ {SEAT} }} waits {{ {WAIT} }} {POOL} {GIVES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team", **PEOPLE_IDS},
)
async def assign_seats(scene: Scene, about: str = "another") -> Input:
    """A person to assign a seat to."""
    return {"teamId": scene.team, "productId": scene.product, "userIds": [await scene.person(about)]}


@example(
    Action.SEATS_UNASSIGN,
    f"seats {{ {SEAT} }} promoted {{ {SEAT} }} {POOL} {TAKES_SEATS}",
    changed={"mode": "BEST_EFFORT"},
    foreign={"teamId": "team", **PEOPLE_IDS},
)
async def unassign_seats(scene: Scene, about: str = "another") -> Input:
    """A person who holds a seat."""
    holder, _ = await scene.holder(about)
    return {"teamId": scene.team, "productId": scene.product, "userIds": [holder]}


@example(
    Action.SEATS_REASSIGN,
    f"seat {{ {SEAT} }} {TAKES_SEATS}",
    changed={"fromUserId": "user_other"},
    foreign={"seatId": "seat", "fromUserId": "user", "toUserId": "user"},
)
async def reassign_seat(scene: Scene, about: str = "to another") -> Input:
    """A held seat, its holder, and a member without one."""
    giver, seat = await scene.holder("self" if about == "from self" else "another")
    receiver = await scene.person("self" if about == "to self" else "another")
    return {"seatId": seat, "fromUserId": giver, "toUserId": receiver}


@example(
    Action.REQUESTS_CREATE,
    f"request {{ {REQUEST} }} seatRequestEdges {{ cursor node {{ id }} }}",
    changed={"note": "For nothing"},
    foreign={"teamId": "team"},
)
async def request_seat(scene: Scene, _: str = "the pool") -> Input:
    """A product of which the actor holds no seat."""
    return {"teamId": scene.team, "productId": scene.product, "note": "For the drawings"}


@example(Action.REQUESTS_CREATE, f"request {{ {REQUEST} }}", changed={"dryRun": True}, foreign={"requestId": "request"})
async def withdraw_request(scene: Scene, about: str = "self") -> Input:
    """An open request."""
    return {"requestId": await scene.world.request(scene.team, scene.product, await scene.insider(about))}


@example(
    Action.REQUESTS_ANSWER,
    f"request {{ {REQUEST} }} seat {{ {SEAT} }} wait {{ {WAIT} }} {GIVES_SEATS}",
    changed={"message": "Mind it"},
    foreign={"requestId": "request"},
)
async def answer_request(scene: Scene, about: str = "another's") -> Input:
    """An open request, to grant, or to deny if `about` begins with "no to"."""
    request = await withdraw_request.make(scene, about.removeprefix("no to "))
    return {**request, "grant": not about.startswith("no to "), "message": "Enjoy"}
