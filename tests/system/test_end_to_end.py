"""Assigning, moving and unassigning seats with the client library `gql`, over HTTP, in a real server process."""

from collections.abc import AsyncIterator
from dataclasses import dataclass
from typing import Any

import pytest
from gql import Client, GraphQLRequest
from gql.client import AsyncClientSession
from gql.transport.exceptions import TransportQueryError
from gql.transport.httpx import HTTPXAsyncTransport

from db.core import migrate
from domain.roles import Role
from tests.support.process import running
from tests.support.second_factors import code
from tests.support.world import Account, World, world_of

pytestmark = pytest.mark.slow

VERIFY = """mutation Verify($input: VerifyEmailInput!) {
  verifyEmail(input: $input) { user { id } errors { code } }
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
FIRST_STEP = """mutation FirstStep($input: SignInInput!) {
  signIn(input: $input) { token challenge secondFactors errors { code } }
}"""
COMPLETE = """mutation Complete($input: CompleteSignInInput!) {
  completeSignIn(input: $input) { token errors { code } }
}"""
BEGIN = """mutation Begin($input: BeginAuthenticatorAppInput!) {
  beginAuthenticatorApp(input: $input) { secret errors { code } }
}"""
CONFIRM = """mutation Confirm($input: ConfirmAuthenticatorAppInput!) {
  confirmAuthenticatorApp(input: $input) { recoveryCodes errors { code } }
}"""
UPDATE = """mutation Update($input: UpdateTeamInput!) {
  updateTeam(input: $input) { team { name } errors { code } }
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
SEATS, PEOPLE, PASSWORD = 40, 50, "correct horse battery"


async def send(session: AsyncClientSession, operation: str, **variables: object) -> Any:
    """Send an operation with one root field. Returns the value of that field. Raises TransportQueryError."""
    [answer] = (await session.execute(GraphQLRequest(operation, variable_values=variables))).values()
    return answer


@dataclass(frozen=True)
class Server:
    """A server process, and rows to make in its database."""

    world: World
    address: str

    def client(self, token: str | None = None) -> Client:
        """A client that fetches the schema from the server, and validates every operation."""
        headers = {} if token is None else {"authorization": f"Bearer {token}"}
        transport = HTTPXAsyncTransport(f"{self.address}/graphql", headers=headers)
        return Client(transport=transport, fetch_schema_from_transport=True)

    async def sign_in(self, email: str) -> tuple[str, Client]:
        """Verify the address of a sign-up and sign in. Returns the user id, and a client with the session's token."""
        account = {"email": email, "password": PASSWORD}
        link = await self.world.sign_up(email, account["password"], "Grace", "Hopper")
        verification = {"token": link, "password": account["password"]}
        async with self.client() as anonymous:
            opened = await send(anonymous, VERIFY, input=verification)
            answer = await send(anonymous, SIGN_IN, input=account)
        assert opened["errors"] == answer["errors"] == []
        assert answer["user"] == opened["user"]
        return answer["user"]["id"], self.client(answer["token"])


@pytest.fixture(scope="module")
async def server(database: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Server]:
    async with world_of(database) as world:
        await migrate.upgrade(world.database)
        with running(tmp_path_factory.mktemp("end_to_end"), DATABASE_URL=database) as run:
            yield Server(world, run.address)


@pytest.fixture(scope="module")
async def carl(server: Server) -> AsyncIterator[tuple[str, AsyncClientSession]]:
    """Carl's user id and his session. He is the coordinator of every team in these tests."""
    id_, client = await server.sign_in("carl@tests.example")
    async with client as session:
        yield id_, session


@dataclass(frozen=True)
class FullTeam:
    """A team with a pool of 40 seats, 50 people who want one, and the coordinator's session."""

    session: AsyncClientSession
    team: str
    product: str
    people: list[str]

    def pool(self, people: list[str], **more: str) -> dict[str, Any]:
        """An input that names the pool and these people."""
        return {"teamId": self.team, "productId": self.product, "userIds": people, **more}


@pytest.fixture
async def full_team(server: Server, carl: tuple[str, AsyncClientSession]) -> FullTeam:
    id_, session = carl
    team = await server.world.team()
    await server.world.member(team, Role.SOFTWARE_COORDINATOR, Account(id_, "", ""))
    people = await server.world.members(team, PEOPLE)
    return FullTeam(session, team, await server.world.pool(team, SEATS), people)


@pytest.fixture
async def seats_by_holder(full_team: FullTeam) -> dict[str, str]:
    """Assign the 40 seats to the first 40 people. Returns each person's seat."""
    answer = await send(full_team.session, ASSIGN, input=full_team.pool(full_team.people, mode="BEST_EFFORT"))
    assert answer["pool"] == {"total": SEATS, "assigned": SEATS, "available": 0}
    assert [(e["code"], e["row"]) for e in answer["errors"]] == [("NO_SEAT_LEFT", n) for n in range(SEATS, PEOPLE)]
    return {seat["holder"]["id"]: seat["id"] for seat in answer["seats"]}


async def test_all_or_nothing_assigns_no_seat_if_fifty_people_want_forty(server: Server, full_team: FullTeam) -> None:
    before = await server.world.fingerprint()
    answer = await send(full_team.session, ASSIGN, input=full_team.pool(full_team.people, mode="ALL_OR_NOTHING"))
    assert answer["seats"] == []
    assert answer["pool"] == {"total": SEATS, "assigned": 0, "available": SEATS}
    assert [(e["code"], e["row"]) for e in answer["errors"]] == [("NO_SEAT_LEFT", n) for n in range(SEATS, PEOPLE)]
    assert await server.world.fingerprint() == before


async def test_best_effort_gives_the_first_forty_a_seat(
    server: Server, full_team: FullTeam, seats_by_holder: dict[str, str]
) -> None:
    assert list(seats_by_holder) == full_team.people[:SEATS]
    assert await server.world.holders(full_team.team, full_team.product) == sorted(seats_by_holder)
    assert await server.world.audit_actions(full_team.team) == ["seats:assign"]


async def test_the_nested_view_shows_the_change_page_by_page(
    full_team: FullTeam, seats_by_holder: dict[str, str]
) -> None:
    shown: dict[str, str] = {}
    pages: list[int] = []
    after = None
    while not pages or after:
        team = await send(full_team.session, NESTED, team=full_team.team, product=full_team.product, after=after)
        members = team["members"]
        pages.append(len(members["nodes"]))
        assert members["totalCount"] == SEATS
        assert team["pools"] == [
            {"product": {"id": full_team.product}, "total": SEATS, "assigned": SEATS, "available": 0}
        ]
        for member in members["nodes"]:
            [seat] = member["user"]["seats"]["nodes"]
            assert seat["product"]["id"] == full_team.product
            assert seat["product"]["releases"] == [{"name": "1.0"}]
            assert seat["sources"] == [{"kind": "DIRECT"}]
            assert seat["usage"] == {"sessions": 0}
            shown[member["user"]["id"]] = seat["id"]
        after = members["pageInfo"]["endCursor"] if members["pageInfo"]["hasNextPage"] else None
    assert shown == seats_by_holder
    assert pages == [25, 15]


async def test_reassign_moves_a_seat_to_a_person_without_one(
    server: Server, full_team: FullTeam, seats_by_holder: dict[str, str]
) -> None:
    giver, receiver = full_team.people[0], full_team.people[-1]
    move = {"seatId": seats_by_holder[giver], "fromUserId": giver, "toUserId": receiver}
    answer = await send(full_team.session, REASSIGN, input=move)
    assert answer == {"seat": {"id": seats_by_holder[giver], "holder": {"id": receiver}}, "errors": []}
    again = await send(full_team.session, REASSIGN, input=move)
    assert (again["seat"], [error["code"] for error in again["errors"]]) == (None, ["ALREADY_ASSIGNED"])
    assert await server.world.holders(full_team.team, full_team.product) == sorted(
        {*seats_by_holder, receiver} - {giver}
    )


async def test_unassign_makes_seats_available_at_once(
    server: Server, full_team: FullTeam, seats_by_holder: dict[str, str]
) -> None:
    answer = await send(full_team.session, UNASSIGN, input=full_team.pool(full_team.people[30:]))
    assert answer["pool"] == {"total": SEATS, "assigned": 30, "available": 10}
    assert [(e["code"], e["row"]) for e in answer["errors"]] == [("NOT_ASSIGNED", n) for n in range(10, 20)]
    late = await send(full_team.session, ASSIGN, input=full_team.pool(full_team.people[40:]))
    assert [seat["holder"]["id"] for seat in late["seats"]] == full_team.people[40:]
    assert {seat["id"] for seat in late["seats"]} == {seats_by_holder[one] for one in full_team.people[30:40]}
    assert await server.world.holders(full_team.team, full_team.product) == sorted(
        full_team.people[:30] + full_team.people[40:]
    )


async def test_a_user_is_refused_and_nothing_changes(
    server: Server, full_team: FullTeam, seats_by_holder: dict[str, str]
) -> None:
    id_, client = await server.sign_in("ursula@tests.example")
    await server.world.member(full_team.team, Role.USER, Account(id_, "", ""))
    giver = full_team.people[0]
    operations = [
        (ASSIGN, full_team.pool([id_])),
        (UNASSIGN, full_team.pool([giver])),
        (REASSIGN, {"seatId": seats_by_holder[giver], "fromUserId": giver, "toUserId": id_}),
    ]
    before = await server.world.fingerprint()
    async with client as session:
        for operation, given in operations:
            with pytest.raises(TransportQueryError) as refused:
                await send(session, operation, input=given)
            assert refused.value.errors is not None
            codes = [error["extensions"]["code"] for error in refused.value.errors]
            # A plain user may not see this seat, so the answer is that there is none.
            assert codes == ["NOT_FOUND" if operation is REASSIGN else "FORBIDDEN"]
            assert not any((refused.value.data or {}).values())
    assert await server.world.fingerprint() == before


async def test_a_manager_sets_up_a_second_factor_and_manages_a_team_that_requires_it(server: Server) -> None:
    email = "grace@tests.example"
    id_, client = await server.sign_in(email)
    team = await server.world.team(requires_second_factor=True)
    await server.world.member(team, Role.CONTRACT_MANAGER, Account(id_, "", ""))
    renamed = {"teamId": team, "name": f"Managed by {id_}"}
    async with client as session:
        with pytest.raises(TransportQueryError) as refused:
            await send(session, UPDATE, input=renamed)
        assert refused.value.errors is not None
        assert refused.value.errors[0]["extensions"]["reason"] == "SECOND_FACTOR_MISSING"
        secret = (await send(session, BEGIN, input={}))["secret"]
        assert len((await send(session, CONFIRM, input={"code": code(secret, -1)}))["recoveryCodes"]) == 10
    async with server.client() as session:
        first = await send(session, FIRST_STEP, input={"email": email, "password": PASSWORD})
        assert (first["token"], first["secondFactors"]) == (None, ["AUTHENTICATOR_APP", "RECOVERY_CODE"])
        done = await send(session, COMPLETE, input={"challenge": first["challenge"], "code": code(secret)})
    async with server.client(done["token"]) as session:
        assert (await send(session, UPDATE, input=renamed))["team"]["name"] == renamed["name"]
