"""One example of each mutation, from which every table of tests over all mutations is made."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import count
from typing import Any, Protocol

from strawberry.utils.str_converters import to_camel_case

from domain.roles import Role
from tests.conftest import Client
from tests.support.world import Someone, World

Input = dict[str, Any]
ROLES = {"user": Role.USER, "coordinator": Role.SOFTWARE_COORDINATOR, "manager": Role.CONTRACT_MANAGER}
PASSWORD = "correct horse battery"
ERRORS = "errors { code message field row userId productId isInformation }"
SEAT = "id assignedAt holder { id } sources { kind group { name } }"
WAIT = "position since product { id } member { user { id } }"
numbers = count(1)


@dataclass(frozen=True)
class Scene:
    """A team with free seats of one product, and the actor. `inside`: the actor is a member of the team."""

    client: Client
    world: World
    team: str
    product: str
    actor: Someone
    inside: bool = True

    async def person(self, about: str) -> str:
        """The id of the actor for "self"; otherwise of a new member, of the role in "a user", "a manager" and so on."""
        if about == "self":
            return self.actor.id
        role = ROLES.get(about.removeprefix("a "), Role.USER)
        return (await self.world.member(self.team, role)).id

    async def insider(self, about: str) -> str:
        """Like `person`, but always a member of the team: a new one for "self" if the actor is outside."""
        return await self.person(about if self.inside else "another")

    async def holder(self, about: str) -> tuple[str, str]:
        """Somebody who holds a seat of the product, and the seat."""
        user_id = await self.insider(about)
        return user_id, await self.world.hold(self.team, self.product, user_id)

    async def giving_group(self, about: str) -> str:
        """A group that gives the product, with one member, who holds a seat for that reason."""
        user_id, group = await self.insider(about), await self.world.group(self.team)
        await self.world.enter(self.team, group, user_id)
        await self.world.gives(self.team, group, self.product)
        await self.world.hold(self.team, self.product, user_id, "group", group)
        return group

    def email(self) -> str:
        """An address that nobody has."""
        return f"example{next(numbers)}@tests.example"


class Make(Protocol):
    """Makes an input with which a mutation changes something, from new rows."""

    def __call__(self, scene: Scene, about: str = ..., /) -> Awaitable[Input]:
        """The input. `about` is the first half of a row of matrix.yaml; if it is left out, the usual case is made."""


@dataclass(frozen=True)
class Example:
    """One mutation as a client sends it.

    `changed` are the fields that make the input another one under the same idempotency key. `foreign` has the path of
    each id in the input that could be another team's, and the prefix of that id; catalogue products are nobody's.
    """

    name: str
    make: Make
    selection: str
    changed: Mapping[str, object]
    foreign: Mapping[str, str]

    def operation(self, selection: str | None = None) -> str:
        """The text of an operation with this one mutation. By default it selects all that two runs can compare."""
        kind = self.name[0].upper() + self.name[1:]
        return f"mutation M($input: {kind}Input!) {{ {self.name}(input: $input) {{ {selection or self.selection} }} }}"


def example(
    selection: str, *, changed: Mapping[str, object], foreign: Mapping[str, str] | None = None
) -> Callable[[Callable[..., Awaitable[Input]]], Example]:
    """Make an Example of a function that makes the input; the function's name in camel case is the mutation's."""

    def wrap(make: Callable[..., Awaitable[Input]]) -> Example:
        return Example(to_camel_case(make.__name__), make, f"{selection} {ERRORS}", changed, foreign or {})

    return wrap


def replaced(given: Input, path: str, value: object) -> Input:
    """A copy of an input with `value` at `path`, such as `people.0.email`; objects and lists on the way are made."""
    step, _, rest = path.partition(".")
    return {**given, step: _put(given.get(step), rest, value)}


def _put(place: Any, path: str, value: object) -> Any:
    if not path:
        return value
    if path.partition(".")[0] != "0":
        return replaced(place or {}, path, value)
    first, *others = place or [None]
    return [_put(first, path.partition(".")[2], value), *others]
