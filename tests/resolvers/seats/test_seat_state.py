"""A seat without a holder in the answer says whether nobody holds it, or the reader may not see the person."""

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import World

SEATS = "query ($team: ID!) { team(id: $team) { seats { nodes { id state holder { id } } } } }"


async def test_a_free_seat_is_told_apart_from_a_hidden_holder_in_one_statement(
    client: Client, world: World, statements: list[str]
) -> None:
    team = await world.team()
    boss = await world.member(team, Role.SOFTWARE_COORDINATOR)
    ada = await world.member(team)
    product = await world.pool(team, 2)
    seat = await world.give_seat(team, product, ada.id)
    [free] = await world.free_seats(team, product)
    _, partner = await world.token(team, boss.id, Scope.SEATS_READ)
    # The first use of a token is stored, which takes a statement of its own.
    await client(SEATS, partner, team=team)
    for secret, holder in ((boss.secret, {"id": ada.id}), (partner, None)):
        statements.clear()
        nodes = (await client(SEATS, secret, team=team)).data["team"]["seats"]["nodes"]
        assert len(statements) == 1, statements
        assert sorted(nodes, key=lambda one: one["id"] != seat) == [
            {"id": seat, "state": "ASSIGNED", "holder": holder},
            {"id": free, "state": "AVAILABLE", "holder": None},
        ]
