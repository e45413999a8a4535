"""One example of each mutation. The tests over all mutations take their inputs from it."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from strawberry.utils.str_converters import to_camel_case

from domain.actions import Action
from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Account, World

Input = dict[str, Any]
ROLES = {"user": Role.USER, "coordinator": Role.SOFTWARE_COORDINATOR, "manager": Role.CONTRACT_MANAGER}
PASSWORD = "correct horse battery"
ERRORS = "errors { code message field row userId productId count isInformation }"
# The ids with which a mutation on many people names them, by path, with their prefixes.
PEOPLE_IDS = {"userIds.0": "user", "except.0": "user", "filter.groupId": "group", "filter.withoutGroupId": "group"}
SEAT = "id assignedAt holder { id } sources { kind group { name } }"
WAIT = "position since product { id } member { user { id } }"
# What payloads show of the lists that changed: mutations that give seats, that take seats, or that do both, and
# mutations with which people join or leave the team.
EDGE = "{ cursor node { id } }"
GIVES_SEATS = f"seatEdges {EDGE} waitEdges {EDGE} deletedWaitIds pools {{ id total assigned available }}"
TAKES_SEATS = f"seatEdges {EDGE} deletedSeatIds deletedWaitIds pools {{ id total assigned available }}"
MOVES_SEATS = f"{GIVES_SEATS} deletedSeatIds"
JOINS = f"memberEdges {EDGE} groups {{ id }} team {{ id }}"
LEAVES = "deletedMemberIds deletedSeatRequestIds groups { id } team { id }"
numbers = count(1)


@dataclass(frozen=True)
class Scene:
    """A team with available seats of one product, and the actor. `inside`: the actor is a member of the team."""

    client: Client
    world: World
    team: str
    product: str
    actor: Account
    inside: bool = True

    async def person(self, about: str) -> str:
        """The user id of the actor for "self". Otherwise the user id of a new member; "a manager" has that role."""
        if about == "self":
            return self.actor.id
        role = ROLES.get(about.removeprefix("a "), Role.USER)
        return (await self.world.member(self.team, role)).id

    async def insider(self, about: str) -> str:
        """As `person`, but always a member of the team: a new one if "self" is not a member."""
        return await self.person(about if self.inside else "another")

    async def holder(self, about: str) -> tuple[str, str]:
        """The ids of a holder of a seat of the product, and of the seat."""
        user_id = await self.insider(about)
        return user_id, await self.world.give_seat(self.team, self.product, user_id)

    async def giving_group(self, about: str) -> str:
        """The id of a group that gives the product. It has one member, who holds a seat from the group."""
        user_id, group = await self.insider(about), await self.world.group(self.team)
        await self.world.add_to_group(self.team, group, user_id)
        await self.world.add_group_product(self.team, group, self.product)
        await self.world.give_seat(self.team, self.product, user_id, "group", group)
        return group

    def email(self) -> str:
        """An e-mail address of no account."""
        return f"example{next(numbers)}@tests.example"


class Make(Protocol):
    """Makes new rows, and an input with which a mutation changes something in them."""

    def __call__(self, scene: Scene, about: str = ..., /) -> Awaitable[Input]:
        """The input. `about` is the first part of the name of a row in matrix.yaml; the default is the usual case."""


@dataclass(frozen=True)
class Example:
    """One mutation as a client sends it.

    `action` is what the policy decides. `changed` are fields that turn the input into another one, which the same
    idempotency key refuses. `foreign` has the path and the prefix of each id in the input that could be an id of
    another team. `vendor`: only the vendor's staff may send it. `contract_manager`: only contract managers may.
    """

    name: str
    action: Action
    make: Make
    selection: str
    changed: Mapping[str, object]
    foreign: Mapping[str, str]
    vendor: bool = False
    contract_manager: bool = False

    def operation(self, selection: str | None = None) -> str:
        """The text of an operation with this one mutation. By default it selects `selection`."""
        kind = self.name[0].upper() + self.name[1:]
        return f"mutation M($input: {kind}Input!) {{ {self.name}(input: $input) {{ {selection or self.selection} }} }}"


def example(
    action: Action,
    selection: str,
    *,
    changed: Mapping[str, object],
    foreign: Mapping[str, str] | None = None,
    vendor: bool = False,
    contract_manager: bool = False,
) -> Callable[[Callable[..., Awaitable[Input]]], Example]:
    """Turn a function that makes the input into an Example. Its name is the mutation's, in snake case."""

    def wrap(make: Callable[..., Awaitable[Input]]) -> Example:
        name = to_camel_case(make.__name__)
        selected = f"{selection} {ERRORS}"
        return Example(name, action, make, selected, changed, foreign or {}, vendor, contract_manager)

    return wrap


def replaced(input: Input, path: str, value: object) -> Input:
    """A copy of an input with `value` at `path`, such as `people.0.email`. Missing objects and lists are added."""
    step, _, rest = path.partition(".")
    return {**input, step: _with_value(input.get(step), rest, value)}


def _with_value(parent: Any, path: str, value: object) -> Any:
    if not path:
        return value
    if path.partition(".")[0] != "0":
        return replaced(parent or {}, path, value)
    first, *others = parent or [None]
    return [_with_value(first, path.partition(".")[2], value), *others]
