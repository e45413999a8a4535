"""Sends mutations as a client does, and reads their payloads."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row, select

from db.tables.audit import AuditEvent, AuditPerson
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.examples.example import Input, Scene
from tests.support.examples.registry import EXAMPLES
from tests.support.published_fields import told_fields
from tests.support.world import Account, World

# The fields of payloads that tell of lists.
LISTED = set().union(*map(told_fields, EXAMPLES))


def operation(mutation: str, selection: str | None = None) -> str:
    """The text of an operation with this one mutation. By default it selects what the mutation's example selects."""
    return EXAMPLES[mutation].operation(selection)


@dataclass(frozen=True)
class Payload:
    """The payload of a mutation, as JSON in `content`."""

    content: dict[str, Any]

    @property
    def errors(self) -> list[tuple[str, int | None]]:
        """The code and the row of each error."""
        return [(error["code"], error["row"]) for error in self.content["errors"]]

    @property
    def told(self) -> dict[str, list[Any]]:
        """What the payload tells of lists, by field: edges and deleted ids."""
        return {name: self.content[name] for name in self.content.keys() & LISTED}

    @property
    def report(self) -> dict[str, Any]:
        """The payload without what it tells of lists, which a dry run does not change."""
        return {name: value for name, value in self.content.items() if name not in LISTED}

    @property
    def messages(self) -> list[str]:
        """The message of each error."""
        return [error["message"] for error in self.content["errors"]]

    @property
    def holders(self) -> list[str | None]:
        """The user id of the holder of each seat in `seats`; None for a seat without a holder."""
        return [seat["holder"] and seat["holder"]["id"] for seat in self.content["seats"]]

    @property
    def promoted(self) -> list[str]:
        """The user ids of the people on the waiting list who got a freed seat."""
        return [seat["holder"]["id"] for seat in self.content["promoted"]]

    @property
    def errors_with_users(self) -> list[tuple[str, str | None]]:
        """The code and the user id of each error."""
        return [(error["code"], error["userId"]) for error in self.content["errors"]]

    @property
    def freed(self) -> list[str | None]:
        """The user id of the present holder of each seat in `freed`; None for a seat without a holder."""
        return [seat["holder"] and seat["holder"]["id"] for seat in self.content["freed"]]

    @property
    def waiting_list(self) -> list[tuple[int, str]]:
        """The position and the user id of each place on the waiting list that the payload shows."""
        return [(wait["position"], wait["member"]["user"]["id"]) for wait in self.content["waits"]]

    @property
    def pool(self) -> tuple[int, int, int]:
        """The number of seats in the pool: total, assigned and available."""
        pool = self.content["pool"]
        return pool["total"], pool["assigned"], pool["available"]


@dataclass(frozen=True)
class Caller:
    """An account that sends mutations about one team and one product."""

    client: Client
    world: World
    team: str
    product: str
    secret: str
    who: Account

    async def send(self, mutation: str, **input: object) -> Answer:
        """Send a mutation with this input. Returns the whole answer."""
        return await self.client(operation(mutation), self.secret, input=input)

    async def mutate(self, mutation: str, **input: object) -> Payload:
        """Send a mutation with this input. Returns its payload; fails if the answer has errors at the top."""
        return Payload((await self.send(mutation, **input)).data[mutation])

    async def assign(self, user_ids: Sequence[str], **more: object) -> Payload:
        """Assign seats of the product."""
        return await self.mutate("assignSeats", teamId=self.team, productId=self.product, userIds=user_ids, **more)

    async def unassign(self, user_ids: Sequence[str], **more: object) -> Payload:
        """Unassign seats of the product."""
        return await self.mutate("unassignSeats", teamId=self.team, productId=self.product, userIds=user_ids, **more)

    async def reassign(self, seat: str, giver: str, receiver: str, **more: object) -> Payload:
        """Move a seat from one person to another."""
        return await self.mutate("reassignSeat", seatId=seat, fromUserId=giver, toUserId=receiver, **more)

    async def remove(self, user_ids: Sequence[str], **more: object) -> Payload:
        """Remove people from the team."""
        return await self.mutate("removeMembers", teamId=self.team, userIds=user_ids, **more)

    async def request_seat(self, **more: object) -> Payload:
        """Request a seat of the product."""
        return await self.mutate("requestSeat", teamId=self.team, productId=self.product, **more)

    async def answer_request(self, request: str, *, grant: bool, **more: object) -> Payload:
        """Grant or deny a request for a seat."""
        return await self.mutate("answerRequest", requestId=request, grant=grant, **more)

    async def change_role(self, user_id: str, role: str, **more: object) -> Payload:
        """Change a member's role."""
        return await self.mutate("changeRole", teamId=self.team, userId=user_id, role=role, **more)

    async def members(self, number: int) -> list[str]:
        """Add this number of plain users to the team. Returns their user ids."""
        return await self.world.members(self.team, number)

    async def holders(self) -> list[str]:
        """The user ids of the product's holders, read from the rows and sorted."""
        return await self.world.holders(self.team, self.product)

    async def history(self) -> list[tuple[str, bool]]:
        """The periods in which somebody held a seat of the product, as in `World.history`."""
        return await self.world.history(self.team, self.product)

    async def give_seat(self, user_id: str, kind: str = "direct", group: str | None = None) -> str:
        """Insert the rows of a held seat, without a mutation. Returns the seat's id."""
        return await self.world.give_seat(self.team, self.product, user_id, kind, group)


async def new_caller(
    client: Client, world: World, *, seats: int, role: Role = Role.SOFTWARE_COORDINATOR, separated: bool = False
) -> Caller:
    """A caller with this role, in a new team that has a pool with this number of available seats."""
    team = await world.team(separation_of_duties=separated)
    product = await world.pool(team, seats)
    who = await world.member(team, role)
    return Caller(client, world, team, product, who.secret, who)


async def caller_with_input(client: Client, world: World, mutation: str) -> tuple[Caller, Input]:
    """A caller in a new team with three available seats, and an input with which this mutation changes something.

    It is a coordinator, or a contract manager if only that may send the mutation. If only the vendor's staff may, the
    caller also has that role.
    """
    role = Role.CONTRACT_MANAGER if EXAMPLES[mutation].contract_manager else Role.SOFTWARE_COORDINATOR
    caller = await new_caller(client, world, seats=3, role=role)
    if EXAMPLES[mutation].vendor:
        await world.make_vendor(caller.who.id)
    return caller, await EXAMPLES[mutation].make(Scene(client, world, caller.team, caller.product, caller.who))


async def personal_values(world: World, audit_id: int) -> dict[str, tuple[Any, Any]]:
    """The values before and after the change that identify people in an entry of the audit log, by user id."""
    query = select(AuditPerson.user_id, AuditPerson.before, AuditPerson.after).where(AuditPerson.audit_id == audit_id)
    async with world.engine.connect() as connection:
        return {row[0]: (row[1], row[2]) for row in await connection.execute(query)}


async def audit_rows(world: World, team_id: str) -> Sequence[Row[Any]]:
    """The rows of a team's audit log, the oldest first."""
    query = select(AuditEvent.__table__).where(AuditEvent.team_id == team_id).order_by(AuditEvent.id)
    async with world.engine.connect() as connection:
        return (await connection.execute(query)).all()


async def changed_people(world: World, team_id: str) -> list[set[str]]:
    """The user ids in what a team's audit log says is so after the changes of each request, the oldest first."""
    texts: dict[str, str] = {}
    for row in await audit_rows(world, team_id):
        texts[row.request_id] = texts.get(row.request_id, "") + str(row.after)
    return [set(re.findall(r"user_[0-9a-z]{26}", text)) for text in texts.values()]
