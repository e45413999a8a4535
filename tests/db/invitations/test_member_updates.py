"""Names of people who have not opened their account: their accounts are locked in the order of their ids."""

from db.core.database import Database
from db.invitations import member_updates
from tests.support.database import fetch, fetch_rows
from tests.support.locks import waiting
from tests.support.world import World

UNLOCKED = "select id from users where id = any($1) order by id for no key update skip locked"


async def test_accounts_that_nobody_has_opened_are_locked_in_the_order_of_their_ids(
    usher_database: Database, world: World
) -> None:
    team = await world.team()
    people = sorted([(await world.invited_member(team)).id for _ in range(3)])
    names = dict.fromkeys(people[::-1], ("Ada", "Byron"))
    unopened = "update users set password_hash = null, email_verified_at = null where id = any($1)"
    await fetch_rows(usher_database, unopened, people)
    async with usher_database.transaction() as one, usher_database.transaction() as other:
        assert await fetch(one, "select id from users where id = $1 for update", people[0])
        async with waiting(one, member_updates.rename_invited(other, team, names)) as work:
            async with usher_database.transaction() as third:
                assert await fetch(third, UNLOCKED, people) == [(people[1],), (people[2],)]
            await one.commit()
            await work
