"""The main job, done as a client's developer would: a real server process, driven over HTTP by the client `gql`."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport

from db.core import migrate
from db.core.engine import connect
from domain.roles import Role
from tests.support.process import running
from tests.support.world import Someone, World

SIGN_UP = """mutation SignUp($input: SignUpInput!) {
  signUp(input: $input) { user { id } errors { code } }
}"""
SIGN_IN = """mutation SignIn($input: SignInInput!) {
  signIn(input: $input) { token user { id } errors { code } }
}"""
ASSIGN = """mutation Assign($input: AssignSeatsInput!) {
  assignSeats(input: $input) {
    seats { id holder { id } }
    pool { total assigned available }
    errors { code row }
  }
}"""
REASSIGN = """mutation Reassign($input: ReassignSeatInput!) {
  reassignSeat(input: $input) { seat { id holder { id } } errors { code } }
}"""
UNASSIGN = """mutation Unassign($input: UnassignSeatsInput!) {
  unassignSeats(input: $input) { seats { holder { id } } pool { total assigned available } errors { code row } }
}"""
NESTED = """query Nested($team: ID!, $product: ID!, $after: String) {
  team(id: $team) {
    pools { product { id } total assigned available }
    members(filter: {productId: $product}, orderBy: {field: JOINED}, first: 25, after: $after) {
      totalCount
      pageInfo { hasNextPage endCursor }
      nodes {
        user {
          id
          seats(teamId: $team) { nodes { id product { id releases { name } } sources { kind } usage { sessions } } }
        }
      }
    }
  }
}"""


SEATS, PEOPLE = 40, 50


async def ask(session: AsyncClientSession, operation: str, **variables: object) -> Any:
    """What the operation's one field answers. Raises TransportQueryError."""
    [answer] = (await session.execute(GraphQLRequest(operation, variable_values=variables))).values()
    return answer


@dataclass(frozen=True)
class Server:
    """A process that serves, and its database."""

    world: World
    address: str

    def client(self, token: str | None = None) -> Client:
        """A client that checks every operation against the schema it fetches from the server."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        transport = HTTPXAsyncTransport(f"{self.address}/graphql", headers=headers)
        return Client(transport=transport, fetch_schema_from_transport=True)

    async def sign_in(self, email: str) -> tuple[str, Client]:
        """Open an account and sign in to it: the user's id, and a client of theirs."""
        account = {"email": email, "password": "correct horse battery"}
        names = {"firstName": "Grace", "lastName": "Hopper"}
        async with self.client() as nobody:
            opened = await ask(nobody, SIGN_UP, input=account | names)
            answer = await ask(nobody, SIGN_IN, input=account)
        assert opened["errors"] == answer["errors"] == []
        assert answer["user"] == opened["user"]
        return answer["user"]["id"], self.client(answer["token"])


@pytest.fixture(scope="module")
async def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    engine = connect(database)
    await migrate.upgrade(engine)
    with running(tmp_path_factory.mktemp("end_to_end"), DATABASE_URL=database) as run:
        yield Server(World(engine), run.address)
    await engine.dispose()


@pytest.fixture(scope="module")
async def carl(server: Server) -> AsyncIterator[tuple[str, AsyncClientSession]]:
    """Carl's user id, and his session; he coordinates every team here."""
    id_, client = await server.sign_in("carl@tests.example")
    async with client as session:
        yield id_, session


@dataclass(frozen=True)
class Office:
    """A team with a pool of 40 seats and 50 people who want one, and its coordinator's client."""

    session: AsyncClientSession
    team: str
    product: str
    people: list[str]

    def pool(self, people: list[str], **more: str) -> dict[str, Any]:
        """The input for people of the pool."""
        return {"teamId": self.team, "productId": self.product, "userIds": people, **more}


@pytest.fixture
async def office(server: Server, carl: tuple[str, AsyncClientSession]) -> Office:
    id_, session = carl
    team = await server.world.team()
    await server.world.member(team, Role.SOFTWARE_COORDINATOR, Someone(id_, "", ""))
    people = await server.world.members(team, PEOPLE)
    return Office(session, team, await server.world.pool(team, SEATS), people)


@pytest.fixture
async def served(office: Office) -> dict[str, str]:
    """The first 40 hold a seat: seats by holder."""
    answer = await ask(office.session, ASSIGN, input=office.pool(office.people, mode="BEST_EFFORT"))
    assert answer["pool"] == {"total": SEATS, "assigned": SEATS, "available": 0}
    assert [(e["code"], e["row"]) for e in answer["errors"]] == [("NO_SEAT_LEFT", n) for n in range(SEATS, PEOPLE)]
    return {seat["holder"]["id"]: seat["id"] for seat in answer["seats"]}


async def test_all_or_nothing_gives_fifty_people_none_of_forty_seats(server: Server, office: Office) -> None:
    before = await server.world.fingerprint()
    answer = await ask(office.session, ASSIGN, input=office.pool(office.people, mode="ALL_OR_NOTHING"))
    assert answer["seats"] == []
    assert answer["pool"] == {"total": SEATS, "assigned": 0, "available": SEATS}
    assert [(e["code"], e["row"]) for e in answer["errors"]] == [("NO_SEAT_LEFT", n) for n in range(SEATS, PEOPLE)]
    assert await server.world.fingerprint() == before


async def test_best_effort_gives_the_first_forty_a_seat(server: Server, office: Office, served: dict[str, str]) -> None:
    assert list(served) == office.people[:SEATS]
    assert await server.world.holders(office.team, office.product) == sorted(served)
    assert await server.world.trail(office.team) == ["seats:assign"]


async def test_the_nested_view_shows_the_change_page_by_page(office: Office, served: dict[str, str]) -> None:
    shown: dict[str, str] = {}
    pages: list[int] = []
    after = None
    while not pages or after:
        team = await ask(office.session, NESTED, team=office.team, product=office.product, after=after)
        members = team["members"]
        pages.append(len(members["nodes"]))
        assert members["totalCount"] == SEATS
        assert team["pools"] == [{"product": {"id": office.product}, "total": SEATS, "assigned": SEATS, "available": 0}]
        for member in members["nodes"]:
            [seat] = member["user"]["seats"]["nodes"]
            assert seat["product"]["id"] == office.product
            assert seat["product"]["releases"] == [{"name": "1.0"}]
            assert seat["sources"] == [{"kind": "DIRECT"}]
            assert seat["usage"] == {"sessions": 0}
            shown[member["user"]["id"]] = seat["id"]
        after = members["pageInfo"]["endCursor"] if members["pageInfo"]["hasNextPage"] else None
    assert shown == served
    assert pages == [25, 15]


async def test_reassign_moves_a_seat_to_who_had_none(server: Server, office: Office, served: dict[str, str]) -> None:
    giver, receiver = office.people[0], office.people[-1]
    asked = {"seatId": served[giver], "fromUserId": giver, "toUserId": receiver}
    answer = await ask(office.session, REASSIGN, input=asked)
    assert answer == {"seat": {"id": served[giver], "holder": {"id": receiver}}, "errors": []}
    again = await ask(office.session, REASSIGN, input=asked)
    assert (again["seat"], [error["code"] for error in again["errors"]]) == (None, ["ALREADY_ASSIGNED"])
    assert await server.world.holders(office.team, office.product) == sorted({*served, receiver} - {giver})


async def test_unassign_makes_seats_available_at_once(server: Server, office: Office, served: dict[str, str]) -> None:
    answer = await ask(office.session, UNASSIGN, input=office.pool(office.people[30:]))
    assert answer["pool"] == {"total": SEATS, "assigned": 30, "available": 10}
    assert [(e["code"], e["row"]) for e in answer["errors"]] == [("NOT_ASSIGNED", n) for n in range(10, 20)]
    late = await ask(office.session, ASSIGN, input=office.pool(office.people[40:]))
    assert [seat["holder"]["id"] for seat in late["seats"]] == office.people[40:]
    assert {seat["id"] for seat in late["seats"]} == {served[one] for one in office.people[30:40]}
    assert await server.world.holders(office.team, office.product) == sorted(office.people[:30] + office.people[40:])


async def test_a_user_is_refused_and_nothing_changes(server: Server, office: Office, served: dict[str, str]) -> None:
    id_, client = await server.sign_in("ursula@tests.example")
    await server.world.member(office.team, Role.USER, Someone(id_, "", ""))
    giver = office.people[0]
    operations = [
        (ASSIGN, office.pool([id_])),
        (UNASSIGN, office.pool([giver])),
        (REASSIGN, {"seatId": served[giver], "fromUserId": giver, "toUserId": id_}),
    ]
    before = await server.world.fingerprint()
    async with client as session:
        for operation, asked in operations:
            with pytest.raises(TransportQueryError) as refused:
                await ask(session, operation, input=asked)
            assert refused.value.errors is not None
            codes = [error["extensions"]["code"] for error in refused.value.errors]
            # She may not even see whose seat it is, so that one does not exist for her.
            assert codes == ["NOT_FOUND" if operation is REASSIGN else "FORBIDDEN"]
            assert not any((refused.value.data or {}).values())
    assert await server.world.fingerprint() == before
