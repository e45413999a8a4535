"""A contract manager orders seats, opens the invoice, and is told once of it and of what the calendar renews.

With a real server, a real mail server, and `usher calendar run`. The names are Arabic, Han and Devanagari.
"""

from collections import Counter
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import update

from db.tables.people import Team
from domain.roles import Role
from tests.support.contracts import move_term
from tests.support.mail_server import MailCatcher, shown_text
from tests.support.pdf import pages_of
from tests.support.process import Run, running, usher, wait_for
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

CUSTOMER, PRODUCT, SELLER = "شركة العربي", "设计软件 专业版", "देवी सॉफ़्टवेयर"
ADD = """
mutation ($input: AddSeatsInput!) {
  addSeats(input: $input) { order { number document { url } invoice { number } } errors { code message } }
}
"""
ORDERS = """
query ($team: ID!) {
  team(id: $team) {
    orders { nodes { kind number document { url } invoice { number total { amount } } } }
    subscriptions { nodes { version terms { n } } }
  }
}
"""


def ask(run: Run, manager: Account, query: str, **variables: object) -> Any:
    """The data of an answer without errors."""
    headers = {"authorization": f"Bearer {manager.secret}"}
    body = {"query": query, "variables": variables}
    content = httpx.post(f"{run.address}/graphql", json=body, headers=headers, timeout=30).json()
    assert "errors" not in content, content["errors"]
    return content["data"]


def mails_about(catcher: MailCatcher, manager: Account, number: str) -> list[EmailMessage]:
    """The mails to the manager whose subject names the number of an order."""
    return [
        mail
        for mail in list(catcher.mails)
        if manager.email in str(mail["Delivered-To"]) and number in shown_text(mail, "Subject")
    ]


def wait_for_mail(catcher: MailCatcher, manager: Account, number: str) -> str:
    """Wait for the mail about an order. Returns its text."""
    wait_for(lambda: bool(mails_about(catcher, manager, number)))
    [mail] = mails_about(catcher, manager, number)
    part = mail.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def assert_invoice(url: str, number: str, total: str) -> None:
    """The document at a link is this invoice, and its text is read back."""
    [lines] = pages_of(httpx.get(url, timeout=30).content)
    assert lines[0] == SELLER
    assert f"Invoice {number}" in lines
    assert f"Total {total}" in lines
    assert lines.count(CUSTOMER) == 1, lines
    assert any(line.startswith(PRODUCT) for line in lines)


async def test_an_order_its_invoice_its_renewal_and_their_mails(own_world: World, tmp_path: Path) -> None:
    manager = await own_world.person()
    team = await own_world.team()
    async with own_world.engine.begin() as connection:
        await connection.execute(update(Team).where(Team.id == team).values(name=CUSTOMER))
    await own_world.add_member(team, manager.id, Role.CONTRACT_MANAGER)
    product = await own_world.product(PRODUCT)
    contract = await make_contract(own_world, team, tax_rate=1_900)
    values = {"auto_renew": True, "months": 12, "product_id": product}
    made = await make_subscription(own_world, contract, team, (day(-334), day(30)), 2, 36_500, **values)
    catcher, url = MailCatcher(), own_world.database.url
    with catcher.open(), running(tmp_path, DATABASE_URL=url, SMTP_URL=catcher.url, USHER_SELLER=SELLER) as run:
        [subscription] = ask(run, manager, ORDERS, team=team)["team"]["subscriptions"]["nodes"]
        wish = {"subscriptionId": made.id, "version": subscription["version"], "seats": 3}
        added = ask(run, manager, ADD, input=wish)["addSeats"]
        assert added["errors"] == []
        order = added["order"]
        # 31 days of 365, of a price of 365.00, for three seats, and 19 % tax.
        assert_invoice(order["document"]["url"], order["invoice"]["number"], "€110.67")
        assert PRODUCT in wait_for_mail(catcher, manager, order["number"])

        async with own_world.engine.begin() as connection:
            await move_term(connection, team, made.id, -364, 0)  # a month has passed
        for renewed in (1, 0):  # the second run finds nothing to do
            result = usher("calendar", "run", data=tmp_path, DATABASE_URL=url)
            assert result.returncode == 0, result.stderr
            assert result.stdout.startswith(f"{renewed} renewed, ")
        found = ask(run, manager, ORDERS, team=team)["team"]
        assert [one["n"] for one in found["subscriptions"]["nodes"][0]["terms"]] == [1, 2]
        [renewal] = [one for one in found["orders"]["nodes"] if one["kind"] == "RENEWAL"]
        assert renewal["invoice"]["total"]["amount"] == str(5 * 36_500 * 119 // 100)
        assert_invoice(renewal["document"]["url"], renewal["invoice"]["number"], "€2,171.75")
        wait_for_mail(catcher, manager, renewal["number"])
    subjects = Counter(shown_text(mail, "Subject") for mail in catcher.mails)
    assert set(subjects.values()) == {1}, subjects
