"""`usher company`, `subscription`, `product` and `vendor`: what a command says, stores, and refuses."""

from typing import Any

import pytest
from sqlalchemy import text

from tests.conftest import Client
from tests.support.command_line import error_output, usher
from tests.support.mutations import operation
from tests.support.orders import invoice_number, order
from tests.support.published_fields import mutation_actions
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

TERM = ("--starts", "2026-01-01", "--ends", "2199-12-31")
OPENED = text("update users set password_hash = 'x' where id = :id")
LAST = text("select actor_kind, actor_id, operator is not null, action, target_id, before, after, facts"
            " from audit_events where team_id is null order by id desc limit 1")  # fmt: skip


async def run(world: World, *words: str) -> Any:
    """Run a command on the shared database."""
    return await usher(*words, DATABASE_URL=world.database.url)


async def opened_account(world: World) -> Account:
    """An account with a password."""
    account = await world.person()
    async with world.engine.begin() as connection:
        await connection.execute(OPENED, {"id": account.id})
    return account


async def last_row(world: World) -> tuple[Any, ...]:
    async with world.engine.connect() as connection:
        return tuple((await connection.execute(LAST)).one())


async def may_sell(client: Client, account: Account) -> bool:
    """Whether the account passes the policy of `createCompany`."""
    company = {"name": " ", "contractManager": {"firstName": "A", "lastName": "B", "email": "a@b.example"}}
    return (await client(operation("createCompany"), account.secret, input=company)).codes == []


async def test_the_role_is_granted_and_revoked_at_once_and_each_is_in_the_audit_log(
    client: Client, world: World
) -> None:
    account = await opened_account(world)
    assert not await may_sell(client, account)
    granted = await run(world, "vendor", "grant", f" {account.email.upper()} ")
    assert granted.stdout == f"{account.id} has the role now.\n"
    assert await may_sell(client, account)
    by = ("system", "command vendor grant", True, "vendors:grant", account.id)
    facts = [{"kind": "System"}, {"kind": "Gateway"}]
    assert await last_row(world) == (*by, {}, {"role": "vendor"}, facts)
    before = await world.fingerprint()
    assert (await run(world, "vendor", "grant", account.email)).stdout == f"{account.id} had the role already.\n"
    assert await world.fingerprint() == before
    revoked = await run(world, "vendor", "revoke", account.email)
    assert revoked.stdout == f"{account.id} does not have the role any more.\n"
    assert not await may_sell(client, account)
    by = ("system", "command vendor revoke", True, "vendors:revoke", account.id)
    assert await last_row(world) == (*by, {"role": "vendor"}, {}, facts)
    before = await world.fingerprint()
    assert (await run(world, "vendor", "revoke", account.email)).stdout == f"{account.id} did not have the role.\n"
    assert await world.fingerprint() == before


async def test_only_a_verified_account_with_a_password_gets_the_role(world: World) -> None:
    invited, unverified = await world.person(), await opened_account(world)
    async with world.engine.begin() as connection:
        await connection.execute(
            text("update users set email_verified_at = null where id = :id"), {"id": unverified.id}
        )
    before = await world.fingerprint()
    for account in (invited, unverified):
        message = error_output(await run(world, "vendor", "grant", account.email))
        assert message.startswith("usher: The address of this account is not verified yet. "), account
    for name in ("grant", "revoke"):
        message = error_output(await run(world, "vendor", name, "nobody@tests.example"))
        assert message.startswith("usher: There is no account with this e-mail address.")
    assert await world.fingerprint() == before


async def test_a_command_refuses_what_the_mutation_refuses_and_changes_nothing(world: World) -> None:
    team, product = await world.team(), await world.product()
    manager = ("--email", "nowhere", "--first-name", " ", "--last-name", "B")
    sold = ("subscription", "add", "--team", team, "--seats")
    before = await world.fingerprint()
    for words, message in (
        (("company", "create", "Works", *manager), "contractManager.firstName: A name has"),
        ((*sold, "0", "--product", product, *TERM), "seats: A subscription has 1 to 100,000 seats."),
        ((*sold, "1", "--product", "Nothing", *TERM), "The catalogue has no product 'Nothing'."),
        ((*sold, "1", "--product", "product_x", *TERM), "There is no product"),
        (("subscription", "add", "--team", "team_x", "--seats", "1", "--product", product, *TERM), "There is no team"),
        ((*sold, "1", "--product", product, "--starts", "soon", "--ends", "2199-01-01"), "--starts 'soon' is not"),
        (("product", "add", ""), "name: A name has"),
    ):
        assert error_output(await run(world, *words)).startswith(f"usher: {message}"), words
    assert await world.fingerprint() == before


async def test_a_product_is_found_by_its_name(world: World) -> None:
    team, product = await world.team(), await world.product("Named by a command")
    done = await run(
        world, "subscription", "add", "--team", team, "--seats", "2", "--product", "Named by a command", *TERM
    )
    assert done.exit_code == 0, done.stderr
    assert len(await world.free_seats(team, product)) == 2


async def test_commands_need_the_tables_of_this_version(database: str) -> None:
    message = error_output(await usher("product", "add", "Fusion", DATABASE_URL=database))
    assert "Run `usher db upgrade`." in message


def test_no_field_of_the_graph_grants_the_role() -> None:
    """Not even the vendor's staff can give the role to others."""
    assert not {"vendors:grant", "vendors:revoke"} & set(mutation_actions().values())


INVOICE = text("select total, paid, credited from invoices where number = :number")
PAID_BY = text("select actor_kind, actor_id, operator is not null, action, team_id from audit_events"
               " where target_id = (select id from invoices where number = :number)"
               " order by id desc limit 1")  # fmt: skip


async def test_an_invoice_is_marked_as_paid_in_parts_and_then_as_a_whole(world: World) -> None:
    team = await world.team()
    made = await make_subscription(world, await make_contract(world, team), team, (day(0), day(29)))
    number = await invoice_number(world, await order(world, made))
    stored = {"number": int(number.removeprefix("INV-"))}
    paid = ("orders", "mark-paid", number, "--reference")
    part = await run(world, *paid, f"{number} a", "--amount", "900", "--on", day(-1).isoformat())
    assert part.stdout == "The payment is recorded; 11000 EUR in minor units are still owed.\n"
    rest = await run(world, *paid, f"{number} b")
    assert rest.stdout == "The payment is recorded; 0 EUR in minor units are still owed.\n"
    async with world.engine.connect() as connection:
        assert tuple((await connection.execute(INVOICE, stored)).one()) == (11_900, 11_900, 0)
        by = ("system", "command orders mark-paid", True, "payments:record", team)
        assert tuple((await connection.execute(PAID_BY, stored)).one()) == by
    back = await run(world, "orders", "reverse-payment", f"{number} b", "--reason", "No money")
    assert back.stdout == "The payment is reversed; 11000 EUR in minor units are still owed.\n"
    by = ("system", "command orders reverse-payment", True, "payments:record", team)
    async with world.engine.connect() as connection:
        assert tuple((await connection.execute(INVOICE, stored)).one()) == (11_900, 900, 0)
        assert tuple((await connection.execute(PAID_BY, stored)).one()) == by
    await run(world, *paid, f"{number} again")
    before = await world.fingerprint()
    for words, message in (
        (("orders", "reverse-payment", f"{number} b", "--reason", "x"), "reference: The payment was reversed before."),
        (("orders", "reverse-payment", f"{number} x", "--reason", "x"), "There is no payment"),
        ((*paid, f"{number} c"), "amount: An amount is positive"),
        ((*paid, f"{number} a"), "amount: An amount is positive"),
        ((*paid, "x", "--on", day(2).isoformat()), "amount: An amount is positive"),
        ((*paid, "x", "--on", "soon"), "--on 'soon' is not a day"),
        (("orders", "mark-paid", "INV-999999999", "--reference", "x"), "There is no invoice"),
    ):
        assert error_output(await run(world, *words)).startswith(f"usher: {message}"), words
    assert await world.fingerprint() == before


async def test_a_product_is_withdrawn_and_sold_again(world: World) -> None:
    product = await world.product("Withdrawn by a command")
    done = await run(world, "product", "withdraw", "Withdrawn by a command", "--on", "2031-01-31")
    assert done.stdout == (
        f"The last day on which the product {product} is sold is 2031-01-31.\n"
        "Subscriptions that do not renew themselves any more: 0\n"
    )
    by = ("system", "command product withdraw", True, "products:withdraw", product)
    facts = [{"kind": "System"}, {"kind": "Gateway"}]
    assert await last_row(world) == (*by, {"soldUntil": None}, {"soldUntil": "2031-01-31"}, facts)
    at_once = await run(world, "product", "withdraw", product)
    assert f"is sold is {day(-1)}." in at_once.stdout
    before = await world.fingerprint()
    for words, message in (
        ((product, "--again", "--on", "2031-01-31"), "--again sells the product without a last day."),
        ((product, "--on", "soon"), "--on 'soon' is not a day"),
        (("product_unknown",), "There is no product with this id"),
        (("Unknown",), "The catalogue has no product 'Unknown'."),
    ):
        assert error_output(await run(world, "product", "withdraw", *words)).startswith(f"usher: {message}"), words
    assert await world.fingerprint() == before
    again = await run(world, "product", "withdraw", product, "--again")
    assert again.stdout == f"The product {product} is sold, without a last day.\n"
    assert await last_row(world) == (*by, {"soldUntil": day(-1).isoformat()}, {"soldUntil": None}, facts)
