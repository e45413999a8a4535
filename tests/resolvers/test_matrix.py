"""Authorisation as a table, matrix.yaml: role x mutation x relation. Who is denied has changed nothing."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path
from typing import Any

import pytest
import yaml
from graphql import build_schema

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.mutations import operation
from tests.world import Someone, World

ROOT = Path(__file__).parents[2]
MATRIX = yaml.safe_load(Path(__file__).with_name("matrix.yaml").read_text(encoding="utf-8"))
COLUMNS: list[str] = MATRIX["columns"]
MUTATIONS: dict[str, dict[str, Any]] = MATRIX["mutations"]
ROWS = [(mutation, row) for mutation, rows in MUTATIONS.items() for row in rows if row != "needs"]
SCOPED = [mutation for mutation, rows in MUTATIONS.items() if rows["needs"]]
CODES = {"F": "FORBIDDEN", "N": "NOT_FOUND", "U": "UNAUTHENTICATED"}
ROLES = {"user": Role.USER, "coordinator": Role.SOFTWARE_COORDINATOR, "manager": Role.CONTRACT_MANAGER}
PASSWORD = "correct horse battery"
numbers = count(1)


@dataclass(frozen=True)
class Scene:
    """A team with a pool, and somebody with a relation to it; `inside`: they are a member of it."""

    client: Client
    world: World
    team: str
    product: str
    actor: Someone
    inside: bool

    async def person(self, about: str) -> str:
        """Whom a row names."""
        if about == "self":
            return self.actor.id
        role = ROLES.get(about.removeprefix("a "), Role.USER)
        return (await self.world.member(self.team, role)).id

    async def holder(self, about: str) -> tuple[str, str]:
        """Who holds a seat, and the seat. Who is no member holds none: another does."""
        user_id = await self.person(about if self.inside else "another")
        return user_id, await self.world.hold(self.team, self.product, user_id)

    async def input(self, mutation: str, about: str) -> dict[str, Any]:
        """An input with which the mutation would change something, about what the row names."""
        made: dict[str, Any] = await getattr(self, mutation)(about)
        return made

    async def signUp(self, _: str) -> dict[str, Any]:  # noqa: N802 - the names of mutations
        email = f"matrix{next(numbers)}@tests.example"
        return {"email": email, "password": PASSWORD, "firstName": "Ada", "lastName": "Byron"}

    async def signIn(self, about: str) -> dict[str, Any]:  # noqa: N802
        account = await self.signUp(about)
        await self.client(operation("signUp"), input=account)
        return {"email": account["email"], "password": PASSWORD}

    async def signOut(self, _: str) -> dict[str, Any]:  # noqa: N802
        return {}

    async def acceptInvitation(self, _: str) -> dict[str, Any]:  # noqa: N802
        other = await self.world.team()
        await self.world.invited(other, someone=self.actor)
        return {"token": await self.world.link(other, self.actor.id), "password": PASSWORD}

    async def inviteMembers(self, about: str) -> dict[str, Any]:  # noqa: N802
        names = {"firstName": "Ada", "lastName": "Byron", "email": f"matrix{next(numbers)}@tests.example"}
        role = ROLES.get(about.removeprefix("a "), Role.USER).name
        groups = [await self.world.group(self.team)] if about == "into a group" else []
        return {"teamId": self.team, "people": [{**names, "role": role, "groupIds": groups}]}

    async def importMembers(self, about: str) -> dict[str, Any]:  # noqa: N802
        group = f"Group of file {next(numbers)}" if about == "into a group" else ""
        if group:
            await self.world.group(self.team, group)
        text = f"First name,Last name,Email address,Group\nAda,Byron,matrix{next(numbers)}@tests.example,{group}"
        product = self.product if about == "with a product" else None
        return {"teamId": self.team, "text": text, "productId": product}

    async def resendInvitation(self, about: str) -> dict[str, Any]:  # noqa: N802
        invited = await self.world.invited(self.team, ROLES[about.removeprefix("a ")])
        return {"teamId": self.team, "invitationId": await self.world.invitation(self.team, invited.id)}

    revokeInvitation = resendInvitation  # noqa: N815

    async def assignSeats(self, about: str) -> dict[str, Any]:  # noqa: N802
        return {"teamId": self.team, "productId": self.product, "userIds": [await self.person(about)]}

    async def unassignSeats(self, about: str) -> dict[str, Any]:  # noqa: N802
        holder, _ = await self.holder(about)
        return {"teamId": self.team, "productId": self.product, "userIds": [holder]}

    async def reassignSeat(self, about: str) -> dict[str, Any]:  # noqa: N802
        giver, seat = await self.holder("self" if about == "from self" else "another")
        receiver = await self.person("self" if about == "to self" else "another")
        return {"seatId": seat, "fromUserId": giver, "toUserId": receiver}

    async def requestSeat(self, _: str) -> dict[str, Any]:  # noqa: N802
        return {"teamId": self.team, "productId": self.product}

    async def withdrawRequest(self, about: str) -> dict[str, Any]:  # noqa: N802
        asker = await self.person(about.removeprefix("no to ") if self.inside else "another")
        return {"requestId": await self.world.request(self.team, self.product, asker)}

    async def answerRequest(self, about: str) -> dict[str, Any]:  # noqa: N802
        return {**await self.withdrawRequest(about), "grant": not about.startswith("no to ")}

    async def createGroup(self, _: str) -> dict[str, Any]:  # noqa: N802
        return {"teamId": self.team, "name": f"Group {next(numbers)}"}

    async def renameGroup(self, about: str) -> dict[str, Any]:  # noqa: N802
        made = await self.createGroup(about)
        return {"groupId": await self.world.group(self.team), "name": made["name"]}

    async def deleteGroup(self, about: str) -> dict[str, Any]:  # noqa: N802
        return {"teamId": self.team, "groupId": (await self.given(about))[0], "confirm": 1}

    async def setGroupMembers(self, about: str) -> dict[str, Any]:  # noqa: N802
        group, _ = await self.given("another")
        return {"groupId": group, "userIds": [await self.person(about)]}

    async def assignGroupProduct(self, about: str) -> dict[str, Any]:  # noqa: N802
        group = await self.world.group(self.team)
        await self.world.enter(self.team, group, await self.person(about if self.inside else "another"))
        return {"groupId": group, "productId": self.product}

    async def unassignGroupProduct(self, about: str) -> dict[str, Any]:  # noqa: N802
        return {"groupId": (await self.given(about))[0], "productId": self.product}

    async def setDefaultProducts(self, _: str) -> dict[str, Any]:  # noqa: N802
        await self.world.default(self.team, await self.world.pool(self.team, 1))
        return {"teamId": self.team, "productIds": [self.product]}

    async def given(self, about: str) -> tuple[str, str]:
        """A group, and its member who holds a seat because it gives one."""
        user_id, group = await self.person(about if self.inside else "another"), await self.world.group(self.team)
        await self.world.enter(self.team, group, user_id)
        await self.world.gives(self.team, group, self.product)
        await self.world.hold(self.team, self.product, user_id, "group", group)
        return group, user_id

    async def removeMembers(self, about: str) -> dict[str, Any]:  # noqa: N802
        return {"teamId": self.team, "userIds": [await self.person(about)]}

    async def changeRole(self, about: str) -> dict[str, Any]:  # noqa: N802
        whom, _, role = about.partition(" to ")
        named = {"a manager": "CONTRACT_MANAGER", "a user": "USER"}.get(role, "SOFTWARE_COORDINATOR")
        return {"teamId": self.team, "userId": await self.person(whom), "role": named}

    async def createPartnerToken(self, _: str) -> dict[str, Any]:  # noqa: N802
        expires = (datetime.now(UTC) + timedelta(days=1)).isoformat()
        return {"teamId": self.team, "name": "Sync", "scopes": ["SEATS_READ"], "expiresAt": expires}

    async def revokePartnerToken(self, about: str) -> dict[str, Any]:  # noqa: N802
        grantor = await self.person("self" if about == "self" else "a manager")
        token, _ = await self.world.token(self.team, grantor, Scope.SEATS_READ)
        return {"tokenId": token}


async def request(
    client: Client, world: World, mutation: str, row: str, column: str, scopes: Mapping[Scope, object] | None = None
) -> tuple[str | None, dict[str, Any]]:
    """The secret and the input with which this column sends what this row is about."""
    about, _, where = row.partition(", ")
    home = await world.team(separation_of_duties=where == "separated")
    team = await world.team() if where == "foreign" else home
    # Somebody must be left to manage each team, whoever is removed from it.
    await world.member(team, ROLES["manager"])
    who, _, is_token = column.partition("'")
    actor = await world.person()
    if who in ROLES:
        await world.member(home, ROLES[who], actor)
    elsewhere = await world.team()
    if who in ("stranger", "elsewhere"):
        await world.member(elsewhere, ROLES["manager"], actor)
    scene = Scene(client, world, team, await world.pool(team, 2), actor, who in ROLES and team == home)
    made = await scene.input(mutation, about)
    if who == "anonymous":
        return None, made
    if is_token:
        needed = scopes if scopes is not None else {Scope[name]: None for name in MUTATIONS[mutation]["needs"]}
        granted = Scope if who == "elsewhere" or not needed else needed
        return (await world.token(elsewhere if who == "elsewhere" else home, actor.id, *granted))[1], made
    return actor.secret, made


async def outcome(client: Client, mutation: str, secret: str | None, made: dict[str, Any]) -> str:
    """What comes of a request: "ok", or the code of the refusal."""
    answer = await client(operation(mutation, "errors { code }"), secret, input=made)
    if not answer.codes:
        assert answer.data[mutation]["errors"] == []
        return "ok"
    assert answer.content["data"] == {mutation: None}
    [code] = answer.codes
    return code


@pytest.mark.parametrize(("mutation", "row"), ROWS)
async def test_who_may(client: Client, world: World, mutation: str, row: str) -> None:
    expected = dict(zip(COLUMNS, (CODES.get(one, one) for one in MUTATIONS[mutation][row]), strict=True))
    requests = {column: await request(client, world, mutation, row, column) for column in COLUMNS}
    denied = [column for column in COLUMNS if expected[column] != "ok"]
    before = await world.fingerprint()
    outcomes = {column: await outcome(client, mutation, *requests[column]) for column in denied}
    after = await world.fingerprint()
    for column in COLUMNS:
        if column not in denied:
            outcomes[column] = await outcome(client, mutation, *requests[column])
    assert outcomes == expected
    assert after == before


@pytest.mark.parametrize("mutation", SCOPED)
async def test_each_scope_that_is_needed_and_no_other(client: Client, world: World, mutation: str) -> None:
    needs: dict[str, str] = MUTATIONS[mutation]["needs"]
    row = next(row for row in MUTATIONS[mutation] if row != "needs")
    for missing in Scope:
        scopes = {scope: None for scope in Scope if scope is not missing}
        secret, made = await request(client, world, mutation, row, "manager's", scopes)
        before = await world.fingerprint()
        expected = CODES[needs[missing.name]] if missing.name in needs else "ok"
        assert (missing, await outcome(client, mutation, secret, made)) == (missing, expected)
        if expected != "ok":
            assert await world.fingerprint() == before


def test_every_published_mutation_has_its_rows() -> None:
    published = build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8")).mutation_type
    assert published is not None
    assert MUTATIONS.keys() == published.fields.keys()


def test_every_cell_is_an_outcome() -> None:
    for mutation, row in ROWS:
        assert len(MUTATIONS[mutation][row]) == len(COLUMNS)
        assert {*MUTATIONS[mutation][row]} <= {"ok", *CODES}
