"""The tokens of an account are revoked together, also one that is being created at the same moment."""

from datetime import UTC, datetime, timedelta

from db.access import partner_tokens
from db.access.partner_tokens import TokenRow
from db.core import ids
from db.people import members
from domain.actions import Scope
from domain.roles import Role
from tests.support.locks import waiting
from tests.support.world import World


async def test_revoking_all_tokens_waits_for_one_that_is_being_created(world: World) -> None:
    teams = sorted([await world.team(), await world.team()])
    ada = await world.person()
    for team in teams:
        await world.member(team, Role.SOFTWARE_COORDINATOR, ada)
    now = datetime.now(UTC)
    values = ("Sync", [Scope.SEATS_READ], ada.id, now, now + timedelta(hours=1), None, None)
    token = TokenRow(ids.new("token"), teams[1], *values)
    async with world.database.transaction() as creating, world.database.transaction() as ending:
        await members.lock(creating, teams[1], [ada.id])
        async with waiting(creating, partner_tokens.revoke_all(ending, ada.id)) as work:
            await partner_tokens.create(creating, token, b"x" * 32)
            await creating.commit()
            assert await work == [token.id]


async def test_the_memberships_are_locked_in_the_order_of_the_teams(world: World) -> None:
    first, second = sorted([await world.team(), await world.team()])
    ada = await world.person()
    for team in (second, first):
        await world.member(team, Role.SOFTWARE_COORDINATOR, ada)
    async with world.database.transaction() as one, world.database.transaction() as other:
        await members.lock(one, first, [ada.id])
        async with waiting(one, partner_tokens.revoke_all(other, ada.id)) as work:
            # The other transaction waits for the first team, so it cannot have locked the second one.
            await members.lock(one, second, [ada.id])
            await one.commit()
            assert await work == []
