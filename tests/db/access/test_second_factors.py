"""Of two changes of one second factor at the same moment, the second one sees the first."""

from collections.abc import Callable, Coroutine
from typing import Any

import pytest

from db.access import passkeys, second_factors
from db.access.second_factors import SecondFactors
from db.core.connection import Connection
from domain.second_factors import new_recovery_codes, recovery_code_hash
from tests.support.database import committed, fetch
from tests.support.locks import waiting
from tests.support.passkeys import device_of
from tests.support.world import World

NONE = SecondFactors(authenticator_app=False, passkeys=0, recovery_codes=0)
Removal = Callable[[Connection, str], Coroutine[Any, Any, object]]


def hashes(user_id: str) -> list[bytes]:
    """What is stored of new recovery codes."""
    found = [recovery_code_hash(user_id, code) for code in new_recovery_codes()]
    return [one for one in found if one is not None]


async def test_new_recovery_codes_wait_for_others_and_replace_them(world: World) -> None:
    ada = await world.person()
    await world.authenticator(ada.id)
    async with world.database.transaction() as one, world.database.transaction() as other:
        assert await second_factors.renew_codes(one, ada.id, hashes(ada.id))
        async with waiting(one, second_factors.renew_codes(other, ada.id, hashes(ada.id))) as work:
            await one.commit()
            assert await work
        assert (await second_factors.of_account(other, ada.id)).recovery_codes == 10


async def remove_passkey(connection: Connection, user_id: str) -> object:
    """Remove the only passkey of an account."""
    [[id_]] = await fetch(connection, "select id from passkeys where user_id = $1", user_id)
    return await passkeys.remove(connection, user_id, id_)


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (second_factors.remove, remove_passkey),
        (second_factors.remove, passkeys.remove_all),
        (remove_passkey, second_factors.remove),
    ],
)
async def test_of_two_removals_at_the_same_time_the_second_one_sees_that_no_factor_is_left(
    world: World, first: Removal, second: Removal
) -> None:
    ada = await world.person()
    await world.authenticator(ada.id)
    await device_of(world, ada.id)
    await world.session(ada.id, second_factor=True)
    assert await committed(world.database, lambda it: second_factors.renew_codes(it, ada.id, hashes(ada.id)))
    async with world.database.transaction() as one, world.database.transaction() as other:
        assert await first(one, ada.id)
        assert await second_factors.forget(one, ada.id) == 0
        async with waiting(one, second(other, ada.id)) as work:
            await one.commit()
            assert await work
        assert await second_factors.forget(other, ada.id) == 1
        assert await second_factors.of_account(other, ada.id) == NONE


async def test_an_account_without_a_second_factor_gets_no_recovery_codes(world: World) -> None:
    ada = await world.person()
    await world.authenticator(ada.id, confirmed=False)
    async with world.database.transaction() as connection:
        assert not await second_factors.renew_codes(connection, ada.id, hashes(ada.id))
        assert await second_factors.of_account(connection, ada.id) == NONE


async def test_a_step_is_used_once_and_none_before_it(world: World) -> None:
    ada = await world.person()
    await world.authenticator(ada.id)
    async with world.database.transaction() as connection:
        sealed = await second_factors.secret_of(connection, ada.id) or ""
        used = [await second_factors.use_step(connection, ada.id, sealed, step) for step in (5, 5, 4, 6)]
        assert used == [True, False, False, True]
        assert not await second_factors.use_step(connection, ada.id, "another secret", 7)


@pytest.mark.parametrize("typed", ["abcd-efgh-ijkl-mnop", "ABCDEFGHIJKLMNOP", " abcd efgh\tijkl mnop\n"])
def test_case_spaces_and_hyphens_of_a_recovery_code_do_not_matter(typed: str) -> None:
    assert recovery_code_hash("user_ada", typed) == recovery_code_hash("user_ada", "abcdefghijklmnop")
    assert recovery_code_hash("user_ada", typed) != recovery_code_hash("user_bob", typed)


@pytest.mark.parametrize("typed", ["", "abcd-efgh-ijkl-mno", "abcd-efgh-ijkl-mnop-q", "abcd-efgh-ijkl-mno1", "é" * 16])
def test_a_text_that_is_no_recovery_code_has_no_hash(typed: str) -> None:
    assert recovery_code_hash("user_ada", typed) is None
