"""Mutations as a client sends them, and a desk in a team from which to send them."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from db.tables.audit import AuditEvent
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.examples.example import Input, Scene
from tests.support.examples.registry import EXAMPLES
from tests.support.world import Someone, World


def operation(mutation: str, selection: str | None = None) -> str:
    """The text of an operation with this one mutation; it selects what the mutation's example does, unless told."""
    return EXAMPLES[mutation].operation(selection)


@dataclass(frozen=True)
class Told:
    """The payload of a mutation."""

    content: dict[str, Any]

    @property
    def said(self) -> list[tuple[str, int | None]]:
        """The errors: code and row."""
        return [(error["code"], error["row"]) for error in self.content["errors"]]

    @property
    def messages(self) -> list[str]:
        """The messages of the errors."""
        return [error["message"] for error in self.content["errors"]]

    @property
    def holders(self) -> list[str | None]:
        """Who holds each of the payload's seats, by id."""
        return [seat["holder"] and seat["holder"]["id"] for seat in self.content["seats"]]

    @property
    def promoted(self) -> list[str]:
        """Who got a freed seat because they waited, by id."""
        return [seat["holder"]["id"] for seat in self.content["promoted"]]

    @property
    def about(self) -> list[tuple[str, str | None]]:
        """The errors: code and whom it is about."""
        return [(error["code"], error["userId"]) for error in self.content["errors"]]

    @property
    def freed(self) -> list[str | None]:
        """Who holds each of the seats that were freed, by id, if anybody does."""
        return [seat["holder"] and seat["holder"]["id"] for seat in self.content["freed"]]

    @property
    def line(self) -> list[tuple[int, str]]:
        """Who waits now: position and id."""
        return [(wait["position"], wait["member"]["user"]["id"]) for wait in self.content["waits"]]

    @property
    def pool(self) -> tuple[int, int, int]:
        """Total, assigned and available seats."""
        pool = self.content["pool"]
        return pool["total"], pool["assigned"], pool["available"]


@dataclass(frozen=True)
class Desk:
    """Somebody who sends mutations about one team and one product."""

    client: Client
    world: World
    team: str
    product: str
    secret: str
    who: Someone

    async def send(self, mutation: str, **input: object) -> Answer:
        """A mutation with this input."""
        return await self.client(operation(mutation), self.secret, input=input)

    async def tell(self, mutation: str, **input: object) -> Told:
        """The payload of a mutation that raises no error."""
        return Told((await self.send(mutation, **input)).data[mutation])

    async def assign(self, user_ids: Sequence[str], **more: object) -> Told:
        """Give seats of the product."""
        return await self.tell("assignSeats", teamId=self.team, productId=self.product, userIds=user_ids, **more)

    async def unassign(self, user_ids: Sequence[str], **more: object) -> Told:
        """Take seats of the product back."""
        return await self.tell("unassignSeats", teamId=self.team, productId=self.product, userIds=user_ids, **more)

    async def reassign(self, seat: str, giver: str, receiver: str, **more: object) -> Told:
        """Move a seat."""
        return await self.tell("reassignSeat", seatId=seat, fromUserId=giver, toUserId=receiver, **more)

    async def remove(self, user_ids: Sequence[str], **more: object) -> Told:
        """Take people out of the team."""
        return await self.tell("removeMembers", teamId=self.team, userIds=user_ids, **more)

    async def ask(self, **more: object) -> Told:
        """Ask for a seat of the product."""
        return await self.tell("requestSeat", teamId=self.team, productId=self.product, **more)

    async def answer(self, request: str, *, grant: bool, **more: object) -> Told:
        """Answer a request."""
        return await self.tell("answerRequest", requestId=request, grant=grant, **more)

    async def make(self, user_id: str, role: str, **more: object) -> Told:
        """Change what somebody is in the team."""
        return await self.tell("changeRole", teamId=self.team, userId=user_id, role=role, **more)

    async def members(self, number: int) -> list[str]:
        """So many new plain users of the team."""
        return await self.world.members(self.team, number)

    async def holders(self) -> list[str]:
        """Who holds a seat of the product, by the rows."""
        return await self.world.holders(self.team, self.product)

    async def history(self) -> list[tuple[str, bool]]:
        """Who held a seat of the product, by the rows, and whether they still do."""
        return await self.world.history(self.team, self.product)

    async def hold(self, user_id: str, kind: str = "direct", group: str | None = None) -> str:
        """Somebody holds a seat already."""
        return await self.world.hold(self.team, self.product, user_id, kind, group)


async def desk_of(
    client: Client, world: World, *, seats: int, role: Role = Role.SOFTWARE_COORDINATOR, separated: bool = False
) -> Desk:
    """The desk of somebody with this role in a new team with a pool of so many free seats."""
    team = await world.team(separation_of_duties=separated)
    product = await world.pool(team, seats)
    who = await world.member(team, role)
    return Desk(client, world, team, product, who.secret, who)


async def desk_with_input(client: Client, world: World, mutation: str) -> tuple[Desk, Input]:
    """A desk with three free seats, and an input with which this mutation changes something in its team."""
    desk = await desk_of(client, world, seats=3)
    return desk, await EXAMPLES[mutation].make(Scene(client, world, desk.team, desk.product, desk.who))


async def audit_rows(world: World, team_id: str) -> Sequence[Row[Any]]:
    """A team's audit log, the oldest row first."""
    query = select(AuditEvent.__table__).where(AuditEvent.team_id == team_id).order_by(AuditEvent.id)
    async with world.engine.connect() as connection:
        return (await connection.execute(query)).all()
