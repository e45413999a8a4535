"""Inviting many people at once: rows are always inserted in the same order, so that transactions do not deadlock."""

from datetime import UTC, datetime, timedelta

from db.core import ids
from db.core.connection import Connection
from db.core.database import Database
from db.invitations import bulk_invitations
from db.invitations.bulk_invitations import Newcomer
from domain.roles import Role
from tests.support.locks import waiting
from tests.support.world import World, counter


def newcomer(user_id: str, email: str) -> Newcomer:
    return Newcomer(user_id, ids.new("member"), ids.new("invite"), email, "Ada", "Byron", Role.USER)


async def invite(connection: Connection, team: str, people: list[Newcomer]) -> list[str]:
    """Invite these people, and return the user ids of those who became members."""
    created = await bulk_invitations.invite(
        connection, team, people, "user_somebody", datetime.now(UTC) + timedelta(days=1)
    )
    return [one.user_id for one in created]


async def test_addresses_keep_the_order_in_which_they_were_given(usher_database: Database, world: World) -> None:
    team = await world.team()
    people = [await world.member(team) for _ in range(4)]
    stranger = f"nobody{next(counter)}@tests.example"
    emails = [people[2].email, stranger, people[0].email, people[3].email, people[1].email]
    async with usher_database.transaction() as connection:
        addresses = await bulk_invitations.known_addresses(connection, team, emails)
    assert [address.folded for address in addresses] == emails
    assert [address.is_member for address in addresses] == [True, False, True, True, True]


async def test_accounts_are_opened_in_the_order_of_their_addresses(usher_database: Database, world: World) -> None:
    number, team = next(counter), await world.team()
    first, second = (newcomer(ids.new("user"), f"{letter}{number}@tests.example") for letter in "AB")
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        await bulk_invitations.open_accounts(one, team, [first])
        async with waiting(one, bulk_invitations.open_accounts(other, team, [second, first])) as work:
            # The other transaction waits at the first address, so it cannot have opened the second one.
            await bulk_invitations.open_accounts(one, team, [second])
            await one.commit()
            await work


async def test_people_become_members_in_the_order_of_their_ids(usher_database: Database, world: World) -> None:
    team = await world.team()
    accounts = sorted([await world.person() for _ in range(2)], key=lambda someone: someone.id)
    first, second = (newcomer(someone.id, someone.email) for someone in accounts)
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        assert await invite(one, team, [first]) == [first.user_id]
        async with waiting(one, invite(other, team, [second, first])) as work:
            # The other transaction waits for the first membership, so it cannot have made the second one.
            assert await invite(one, team, [second]) == [second.user_id]
            await one.commit()
            assert await work == []
