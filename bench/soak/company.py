"""The data of a soak: teams whose few seats many people want, and people who sign in with a password."""

from dataclasses import dataclass
from datetime import UTC, datetime

from bench.soak.invariants import Pool
from db.core import ids
from db.tables.people import User
from domain.roles import Role
from resolvers.access import passwords
from tests.support.sign_in_flood import Person
from tests.support.world import World

TEAMS, SEATS, MEMBERS = 3, 10, 20
PASSWORD = "a password of the soak"  # noqa: S105 - the data is removed with the soak
SIGNERS = 24


@dataclass(frozen=True)
class Company:
    """A team: its pool, its plain members, the session tokens of its coordinator and of a plain member, and their ids.

    The member with a session is `usurper`: they may read their own seats, and must never change any.
    """

    pool: Pool
    members: list[str]
    coordinator_token: str
    usurper: str
    usurper_token: str


async def found(world: World) -> tuple[list[Company], list[Person]]:
    """Make the teams, and the people who sign in."""
    companies = [await _company(world) for _ in range(TEAMS)]
    password_hash = await passwords.hash_password(PASSWORD)
    people = [Person(f"signer{number}@soak.example", PASSWORD) for number in range(SIGNERS)]
    named: dict[str, object] = {"first_name": "Ada", "last_name": "Byron", "password_hash": password_hash}
    named["email_verified_at"] = datetime.now(UTC)
    await world.insert(User, *({"id": ids.new("user"), "email": one.email, **named} for one in people))
    return companies, people


async def _company(world: World) -> Company:
    team = await world.team()
    coordinator = await world.member(team, Role.SOFTWARE_COORDINATOR)
    usurper = await world.member(team)
    members = await world.members(team, MEMBERS)
    product = await world.pool(team, SEATS)
    pool = Pool(team, product, SEATS, coordinator.id)
    return Company(pool, members, coordinator.secret, usurper.id, usurper.secret)
