"""What a thief with a session, a link or a password tries, and how the owner gets the account back."""

import asyncio

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.access.test_email_changes import email_of, person
from tests.resolvers.access.test_own_sessions import recorded
from tests.resolvers.access.test_second_factors import notices
from tests.resolvers.access.test_sessions import PASSWORD, VIEWER, codes, mutate, sessions
from tests.resolvers.access.test_sign_ups import address, execute
from tests.support import passkeys
from tests.support.mutations import operation
from tests.support.second_factors import code
from tests.support.world import Account, World

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("quick_passwords")]
THIEFS, OWNERS = "the password of a thief", "a new password of the owner"


async def mailed_reset(world: World, account: Account, email: str | None = None) -> str:
    """Make a link that was mailed to the address of an account. Returns its token."""
    link = await world.reset(account.id)
    sent = "update password_resets set email = :email where user_id = :id and email is null"
    await execute(world, sent, id=account.id, email=email or account.email)
    return link


async def reset(client: Client, token: str, password: str = OWNERS) -> list[str]:
    """Set a new password with a link. Returns the codes of the errors."""
    return codes(await mutate(client, "resetPassword", token=token, password=password))


async def test_a_stolen_link_is_worth_nothing_after_its_use(client: Client, world: World) -> None:
    ada = await person(world)
    links = [await mailed_reset(world, ada) for _ in range(2)]
    assert await reset(client, links[0]) == []
    # The same link, and another one that was mailed before.
    for link in links:
        assert await reset(client, link, THIEFS) == ["LINK_INVALID"]
    assert codes(await mutate(client, "signIn", email=ada.email, password=OWNERS)) == []


async def test_of_several_links_that_are_used_at_once_one_wins(client: Client, world: World) -> None:
    ada = await person(world)
    links = [await mailed_reset(world, ada) for _ in range(3)] * 2
    found = await asyncio.gather(*(reset(client, link, f"{OWNERS} {n}") for n, link in enumerate(links)))
    assert sorted(map(str, found)) == ["['LINK_INVALID']"] * 5 + ["[]"]
    assert await sessions(world, ada.id) == 1


async def test_a_link_that_was_asked_for_before_a_reset_gets_no_mail_after_it(client: Client, world: World) -> None:
    ada = await person(world)
    assert codes(await mutate(client, "requestPasswordReset", email=ada.email)) == []
    assert await reset(client, await world.reset(ada.id)) == []
    async with world.engine.connect() as connection:
        query = "select count(*) from password_resets where email = $1 and expires_at > now()"
        assert (await connection.exec_driver_sql(query, (ada.email,))).scalar_one() == 0


async def test_an_old_session_can_do_nothing_after_a_reset(client: Client, world: World) -> None:
    ada, team = await person(world), await world.team()
    await world.member(team, Role.SOFTWARE_COORDINATOR, ada)
    _, partner = await world.token(team, ada.id, Scope.SEATS_READ)
    confirm, undo = await world.email_change(ada, address())
    assert await reset(client, await mailed_reset(world, ada)) == []
    tries = {"changePassword": {"newPassword": THIEFS}, "changeEmail": {"email": address()}, "signOut": {}}
    for mutation, given in tries.items():
        assert (await client(operation(mutation), ada.secret, input=given)).codes == ["UNAUTHENTICATED"]
    assert (await client(VIEWER, partner)).codes == ["UNAUTHENTICATED"]
    # The thief also knows the old password, and has the mail to the new address.
    wrong = await mutate(client, "confirmEmail", token=confirm, password=PASSWORD)
    assert codes(wrong) == ["INVALID_CREDENTIALS"]
    assert codes(await mutate(client, "confirmEmail", token=confirm, password=OWNERS)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=THIEFS)) == ["LINK_INVALID"]
    assert codes(await mutate(client, "signIn", email=ada.email, password=PASSWORD)) == ["INVALID_CREDENTIALS"]


async def test_a_link_in_the_old_mailbox_is_worth_nothing_after_a_change_of_the_address(
    client: Client, world: World
) -> None:
    ada = await person(world)
    link = await mailed_reset(world, ada)
    token, _ = await world.email_change(ada, address())
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == []
    assert await reset(client, link, THIEFS) == ["LINK_INVALID"]


async def test_the_owner_gets_the_account_back_from_a_thief_who_changed_everything(
    client: Client, world: World
) -> None:
    ada, team = await person(world), await world.team()
    await world.member(team, Role.SOFTWARE_COORDINATOR, ada)
    stolen, mailbox, second = await world.session(ada.id), address(), address()
    token, undo = await world.email_change(ada, mailbox)
    assert codes(await mutate(client, "confirmEmail", stolen, token=token)) == []
    assert codes(await mutate(client, "changePassword", stolen, newPassword=THIEFS)) == []
    thief = Account(ada.id, mailbox, stolen)
    assert await reset(client, await mailed_reset(world, thief, mailbox), THIEFS) == []
    _, partner = await world.token(team, ada.id, Scope.SEATS_READ)
    again, undo_of_thief = await world.email_change(thief, second)
    assert codes(await mutate(client, "confirmEmail", token=again, password=THIEFS)) == []
    # The thief keeps the old address from the owner, so that it cannot be restored.
    in_the_way = await world.invited_member(team, account=await world.person(email=ada.email))
    await execute(world, "update users set email_verified_at = null where id = :id", id=in_the_way.id)
    back = await mutate(client, "undoEmailChange", token=undo, password=OWNERS)
    assert (codes(back), back["user"]) == ([], {"id": ada.id, "email": ada.email})
    assert (await email_of(world, ada.id), await sessions(world, ada.id)) == (ada.email, 1)
    assert (await client(VIEWER, partner)).codes == ["UNAUTHENTICATED"]
    refused = await mutate(client, "undoEmailChange", token=undo_of_thief, password=THIEFS)
    assert codes(refused) == ["LINK_INVALID"]
    for email in (mailbox, second, ada.email):
        assert codes(await mutate(client, "signIn", email=email, password=THIEFS)) == ["INVALID_CREDENTIALS"]
    assert codes(await mutate(client, "signIn", email=ada.email, password=OWNERS)) == []


async def test_an_earlier_change_can_still_be_undone_after_a_later_one(client: Client, world: World) -> None:
    ada, mailbox = await person(world), address()
    token, undo = await world.email_change(ada, mailbox)
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=token)) == []
    again, later = await world.email_change(Account(ada.id, mailbox, ada.secret), address())
    assert codes(await mutate(client, "confirmEmail", ada.secret, token=again)) == []
    # The thief undoes the own second change, and this does not end the owner's link.
    assert codes(await mutate(client, "undoEmailChange", token=later, password=THIEFS)) == []
    assert await email_of(world, ada.id) == mailbox
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=OWNERS)) == []
    assert await email_of(world, ada.id) == ada.email


async def moved(client: Client, world: World, account: Account, email: str) -> tuple[Account, str]:
    """Change the address of an account. Returns the account, and the token of the link to its address before."""
    token, undo = await world.email_change(account, email)
    assert codes(await mutate(client, "confirmEmail", account.secret, token=token)) == []
    return Account(account.id, email, account.secret), undo


@pytest.mark.parametrize("resets", [False, True])
async def test_a_link_to_a_thief_ends_when_the_account_is_back_with_its_owner(
    client: Client, world: World, resets: bool
) -> None:
    ada = await person(world)
    stolen, undo_of_owner = await moved(client, world, ada, address())
    back, undo_of_thief = await moved(client, world, stolen, ada.email.upper())
    if resets:
        assert await reset(client, await mailed_reset(world, back)) == []
        signed = await mutate(client, "signIn", email=ada.email, password=OWNERS)
        back = Account(ada.id, back.email, signed["token"])
    # Also after the owner has moved on, to an address that is newer than that of the thief.
    for _ in range(2):
        before = await world.fingerprint()
        refused = await mutate(client, "undoEmailChange", token=undo_of_thief, password=THIEFS)
        assert (codes(refused), await world.fingerprint()) == (["LINK_INVALID"], before)
        back, _ = await moved(client, world, back, address())
    assert codes(await mutate(client, "undoEmailChange", token=undo_of_owner, password=OWNERS)) == []


async def test_a_thief_who_goes_back_to_a_middle_address_does_not_end_the_link_of_the_first_one(
    client: Client, world: World
) -> None:
    ada, middle = await person(world), address()
    there, _ = await moved(client, world, ada, middle)
    home, _ = await moved(client, world, there, ada.email)
    stolen, undo = await moved(client, world, home, address())
    await moved(client, world, stolen, middle)
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=OWNERS)) == []
    assert await email_of(world, ada.id) == ada.email


async def test_a_reset_by_a_thief_leaves_the_link_to_the_owner(client: Client, world: World) -> None:
    ada = await person(world)
    stolen, undo = await moved(client, world, ada, address())
    assert await reset(client, await mailed_reset(world, stolen), THIEFS) == []
    assert codes(await mutate(client, "undoEmailChange", token=undo, password=OWNERS)) == []
    assert (await email_of(world, ada.id), await sessions(world, ada.id)) == (ada.email, 1)


async def add_app(client: Client, secret: str) -> None:
    """Add an authenticator app in a session."""
    begun = await mutate(client, "beginAuthenticatorApp", secret)
    assert codes(await mutate(client, "confirmAuthenticatorApp", secret, code=code(begun["secret"]))) == []


async def age_factors(world: World, account: Account, days: int) -> None:
    """Let the second factors of an account be some days old."""
    for statement in (
        "update users set second_factor_since = second_factor_since - :days * interval '1 day' where id = :id",
        "update authenticators set confirmed_at = confirmed_at - :days * interval '1 day' where user_id = :id",
        "update recovery_codes set created_at = created_at - :days * interval '1 day' where user_id = :id",
    ):
        await execute(world, statement, days=days, id=account.id)


@pytest.mark.parametrize("is_first", [True, False])
async def test_to_undo_a_change_removes_the_second_factors_of_the_thief(
    client: Client, world: World, is_first: bool
) -> None:
    ada = await person(world)
    stolen = Account(ada.id, ada.email, await world.session(ada.id))
    if is_first:
        await add_app(client, stolen.secret)
    _, undo = await moved(client, world, stolen, address())
    if not is_first:
        await add_app(client, stolen.secret)
    await passkeys.device_of(world, ada.id)
    back = await mutate(client, "undoEmailChange", token=undo, password=OWNERS)
    assert (codes(back), back["challenge"], back["token"] is None) == ([], None, False)
    assert "second factors removed" in await notices(world, ada)
    assert (await mutate(client, "signIn", email=ada.email, password=OWNERS))["token"] is not None


async def test_to_undo_a_change_keeps_the_older_second_factor(client: Client, world: World) -> None:
    ada = await person(world)
    await add_app(client, ada.secret)
    await age_factors(world, ada, 8)
    _, undo = await moved(client, world, ada, address())
    await passkeys.device_of(world, ada.id)
    assert codes(await mutate(client, "renewRecoveryCodes", ada.secret)) == []
    back = await mutate(client, "undoEmailChange", token=undo, password=OWNERS)
    assert (codes(back), back["token"], back["secondFactors"]) == ([], None, ["AUTHENTICATOR_APP"])


@pytest.mark.parametrize(("days", "by_mail", "removed"), [(6, True, True), (8, True, False), (6, False, False)])
async def test_a_reset_by_mail_removes_second_factors_for_7_days_after_the_first_one(
    client: Client, world: World, days: int, by_mail: bool, removed: bool
) -> None:
    ada = await person(world)
    await add_app(client, ada.secret)
    await age_factors(world, ada, days)
    # One more, added in the session that counts as one with a second factor now.
    await passkeys.device_of(world, ada.id)
    link = await mailed_reset(world, ada) if by_mail else await world.reset(ada.id)
    back = await mutate(client, "resetPassword", token=link, password=OWNERS)
    assert (codes(back), back["challenge"] is None) == ([], removed)
    assert ("second factors removed" in await notices(world, ada)) is removed
    factors = {"authenticatorApps": 1, "passkeys": 1, "recoveryCodes": 10}
    told = [after["removedFactors"] for _, _, after in await recorded(world, ada.id) if "removedFactors" in after]
    assert told == ([factors] if removed else [])


async def test_a_second_factor_after_the_last_one_was_removed_is_a_first_one(client: Client, world: World) -> None:
    ada = await person(world)
    await add_app(client, ada.secret)
    await age_factors(world, ada, 8)
    assert codes(await mutate(client, "removeAuthenticatorApp", ada.secret)) == []
    await add_app(client, ada.secret)
    back = await mutate(client, "resetPassword", token=await mailed_reset(world, ada), password=OWNERS)
    assert (codes(back), back["challenge"]) == ([], None)
