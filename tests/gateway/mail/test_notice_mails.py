"""The mails about contracts: in the language of the person, as text and HTML, and only while they are true."""

import re
from datetime import timedelta
from email.message import EmailMessage

import pytest

from db.core.database import Database
from db.notices.notices import NewNotice
from domain.languages import Language
from domain.notices import ENDED, LAST_CHANCE, STAGES, Delivery, NoticeKind
from domain.roles import Role
from domain.subjects import System
from gateway import worker
from gateway.mail.contract_texts import CONTRACT_TEXTS, DE, EN
from gateway.mail.notice_samples import sample
from gateway.mail.notices import write
from gateway.mail.texts import TEXTS
from resolvers.notices.digests import queue_digests
from tests.gateway.mail.test_texts import places
from tests.support.database import fetch_rows
from tests.support.mail_server import MailCatcher
from tests.support.notices import Agreement, agree, day, one_row
from tests.support.orders import order
from tests.support.queued_mails import settings, wait_until_done
from tests.support.subscriptions import Made, add_term
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

HOSTILE = '<b onclick="x">Eve</b> & https://evil.example {team}'
YESTERDAY = "update notices set created_at = now() - interval '1 day'"


@pytest.fixture
async def agreed(clean_database: Database, own_world: World) -> Agreement:
    """A contract whose subscription renews itself, in a database without notices and jobs."""
    await fetch_rows(clean_database, "delete from notices")
    made = await agree(own_world, starts=-165, ends=199)  # nothing is due by the clock
    await made.auto_renew(on=True)
    return made


async def arrived(database: Database, *refused: str) -> list[EmailMessage]:
    """Send all queued mails; these recipients are refused. Returns those that arrived, by recipient."""
    catcher = MailCatcher(at_rcpt=lambda to: "550 no such person" if to in refused else None)
    with catcher.open():
        async with worker.in_background(workspace(database), settings(catcher)):
            await wait_until_done(database)
    return sorted(catcher.mails, key=lambda mail: str(mail["To"]))


def part(mail: EmailMessage, kind: str) -> str:
    """The text or the HTML of a mail, in one line."""
    body = mail.get_body((kind,))
    assert body is not None
    return " ".join(str(body.get_content()).split())


async def states(agreed: Agreement) -> list[tuple[str | None, ...]]:
    """The states of the mails of all notices of the team, with their reasons."""
    query = "select mail_state, mail_reason from notices where team_id = $1 order by id"
    return [tuple(row) for row in await fetch_rows(agreed.world.database, query, agreed.team)]


async def test_a_contact_person_gets_the_mail_in_text_and_html(agreed: Agreement) -> None:
    await agreed.queue(agreed.renewal())
    [mail] = await arrived(agreed.world.database)
    assert str(mail["To"]) == f"Ada Lovelace <{agreed.contact.email}>"
    ends = await one_row(agreed.world, "select ends_on from subscriptions where id = $1", agreed.subscription)
    last, renews = (TEXTS[Language.EN].date(ends[0] + timedelta(days=days)) for days in (0, 1))  # type: ignore[operator]
    assert mail.get_content_type() == "multipart/alternative"
    for kind in ("plain", "html"):
        assert "Hello Ada Lovelace," in part(mail, kind)
        assert f"ends on {last}. It renews itself on {renews}, with 3 seats." in part(mail, kind)
        assert f"/teams/{agreed.team}/billing" in part(mail, kind)
    assert await states(agreed) == [("sent", None)]


async def test_each_person_gets_it_in_their_own_language(agreed: Agreement) -> None:
    await fetch_rows(agreed.world.database, "update users set language = 'de' where id = $1", agreed.other.id)
    await agreed.prefer(agreed.other, NoticeKind.RENEWAL, Delivery.AT_ONCE)
    await agreed.queue(agreed.renewal())
    english, german = await arrived(agreed.world.database)
    assert "renews itself" in part(english, "html")
    assert "verlängert sich am" in part(german, "plain")
    assert ('<html lang="de">' in part(german, "html"), "Guten Tag Grace Hopper," in part(german, "html")) == (
        True,
        True,
    )


async def test_hostile_names_are_no_html_and_no_links(agreed: Agreement) -> None:
    database = agreed.world.database
    await fetch_rows(database, "update teams set name = $2 where id = $1", agreed.team, HOSTILE)
    await fetch_rows(database, "update users set first_name = $2 where id = $1", agreed.contact.id, HOSTILE)
    rename = "update products set name = $2 where id = (select product_id from subscriptions where id = $1)"
    await fetch_rows(database, rename, agreed.subscription, HOSTILE)
    order = await agreed.order()
    placed = NewNotice(agreed.team, agreed.contract, NoticeKind.ORDER_CONFIRMATION, order, {"orderId": order})
    await agreed.queue(agreed.renewal(), placed)
    mails = await arrived(database)
    assert len(mails) == 2
    for mail in mails:
        html = part(mail, "html")
        assert "<b " not in html
        assert "&lt;b onclick=&#34;x&#34;&gt;Eve&lt;/ b&gt; &amp; https: / / evil. example {team}" in html
        assert "https: / / evil. example {team}" in part(mail, "plain")
        assert "evil.example" not in mail.as_string()


async def test_an_order_is_confirmed_with_its_lines(agreed: Agreement) -> None:
    order = await agreed.order()
    placed = NewNotice(agreed.team, agreed.contract, NoticeKind.ORDER_CONFIRMATION, order, {"orderId": order})
    await agreed.queue(placed)
    [mail] = await arrived(agreed.world.database)
    [[number]] = await fetch_rows(agreed.world.database, "select number from orders where id = $1", order)
    assert f"Order O-{number:06d} was placed" in str(mail["Subject"])
    for kind in ("plain", "html"):
        assert "897.00 EUR" in part(mail, kind)
        assert "Total: 897.00 EUR" in part(mail, kind)


async def test_the_lines_and_the_tax_of_an_order_add_up_in_its_mail(agreed: Agreement) -> None:
    database = agreed.world.database
    await fetch_rows(database, "update contracts set tax_rate = 1900 where id = $1", agreed.contract)
    made = Made(agreed.subscription, agreed.team, "", [])
    placed = await order(agreed.world, made, 3, 10_001, on=day(0))
    told = NewNotice(agreed.team, agreed.contract, NoticeKind.ORDER_CONFIRMATION, placed.id, {"orderId": placed.id})
    await agreed.queue(told)
    [mail] = await arrived(database)
    for kind in ("plain", "html"):
        amounts = re.findall(r"([\d.,]+) EUR", part(mail, kind))
        assert amounts == ["300.03", "57.01", "357.04"], "the lines, then the tax, then the total"
        assert f"Tax: {amounts[1]} EUR" in part(mail, kind)


async def test_who_has_renewed_gets_no_mail_that_it_ends(agreed: Agreement) -> None:
    database = agreed.world.database
    await agreed.auto_renew(on=False)
    data = {"subscriptionId": agreed.subscription, "term": 1, "stage": "7"}
    ends = NewNotice(agreed.team, agreed.contract, NoticeKind.EXPIRY, f"expiry:{agreed.subscription}:1:7", data)
    await agreed.queue(ends)
    await add_term(agreed.world, Made(agreed.subscription, agreed.team, "", []), 2, 12, 0)
    assert await arrived(database) == []
    assert await states(agreed) == [("dropped", None)]


async def test_an_announcement_arrives_as_the_vendor_wrote_it(agreed: Agreement) -> None:
    words = "It is <b>here</b> {now}: https://vendor.example/new\n\nAll may use it."
    insert = "insert into announcements (id, subject, text, sent_by) values ($1, 'New {release}', $2, 'user_x')"
    await fetch_rows(agreed.world.database, insert, "announcement_x", words)
    data = {"announcementId": "announcement_x"}
    await agreed.queue(NewNotice(agreed.team, None, NoticeKind.ANNOUNCEMENT, "announcement_x", data))
    mails = await arrived(agreed.world.database)
    assert len(mails) == 2
    for mail in mails:
        assert str(mail["Subject"]) == "New {release}"
        assert "It is <b>here</b> {now}: https://vendor.example/new All may use it." in part(mail, "plain")
        assert "<p>It is &lt;b&gt;here&lt;/b&gt; {now}: https://vendor.example/new</p> <p>All may" in part(mail, "html")
        assert "<a href" not in part(mail, "html")


async def test_the_last_seats_are_those_that_are_free_when_the_mail_is_written(agreed: Agreement) -> None:
    database = agreed.world.database
    [product] = await one_row(agreed.world, "select product_id from subscriptions where id = $1", agreed.subscription)
    await fetch_rows(database, "update teams set last_seats_below = 3 where id = $1", agreed.team)
    await agreed.world.give_seat(agreed.team, product, agreed.other.id)
    # It was told of before, so the job by the clock does not.
    await fetch_rows(database, "insert into low_pools values ($1, $2, 1, true)", agreed.team, product)
    told = [
        NewNotice(agreed.team, agreed.contract, NoticeKind.LAST_SEATS, f"{agreed.team}:{n}", {"productId": product})
        for n in (1, 2)
    ]
    await agreed.queue(told[0])
    [mail] = await arrived(database)
    for kind in ("plain", "html"):
        assert "Free seats of Product" in part(mail, kind)
        assert ": 2. The team has set that you are told when there are fewer than 3." in part(mail, kind)
        assert f"/teams/{agreed.team}/billing" in part(mail, kind)
    await agreed.queue(told[1])
    await fetch_rows(database, "update teams set last_seats_below = 2 where id = $1", agreed.team)
    assert await arrived(database) == [], "there are enough again"
    assert await states(agreed) == [("sent", None), ("dropped", None)]


async def test_a_payment_that_came_back_is_told_with_what_is_owed_now(agreed: Agreement) -> None:
    database = agreed.world.database
    invoice = await agreed.invoice(day(3))
    await fetch_rows(database, "update invoices set paid = 80000 where id = $1", invoice)
    data = {"invoiceId": invoice, "paymentId": "payment_x"}
    await agreed.queue(NewNotice(agreed.team, agreed.contract, NoticeKind.PAYMENT_FAILED, invoice, data))
    [mail] = await arrived(database)
    assert "came back" in str(mail["Subject"])
    for kind in ("plain", "html"):
        assert "97.00 EUR are owed." in part(mail, kind)


async def test_what_is_not_true_any_more_is_not_sent(agreed: Agreement) -> None:
    database = agreed.world.database
    invoice = await agreed.invoice(day(-3))
    overdue = NewNotice(agreed.team, agreed.contract, NoticeKind.PAYMENT_OVERDUE, invoice, {"invoiceId": invoice})
    await agreed.queue(agreed.renewal(), overdue)
    await agreed.auto_renew(on=False)
    await fetch_rows(database, "update invoices set paid = total where id = $1", invoice)
    assert await arrived(database) == []
    assert await states(agreed) == [("dropped", None)] * 2


async def test_a_person_who_manages_no_contracts_any_more_gets_no_mail(agreed: Agreement) -> None:
    await agreed.queue(agreed.renewal())
    await agreed.world.set_role(agreed.team, agreed.contact.id, Role.SOFTWARE_COORDINATOR)
    assert await arrived(agreed.world.database) == []
    assert await states(agreed) == [("dropped", None)]


async def test_a_digest_is_one_mail_with_what_is_still_true(agreed: Agreement) -> None:
    database = agreed.world.database
    second = await agree(agreed.world, starts=-165, ends=199)
    await second.world.member(second.team, Role.CONTRACT_MANAGER, agreed.contact)
    for one in (agreed, second):
        for kind in (NoticeKind.RENEWAL, NoticeKind.AUTO_RENEW_CHANGED):
            await one.prefer(agreed.contact, kind, Delivery.DIGEST)
        await one.prefer(one.other, NoticeKind.RENEWAL, Delivery.OFF)
    invalid = second.renewal()
    await agreed.queue(agreed.renewal(), agreed.auto_renew_changed(), invalid._replace(contract_id=None))
    await fetch_rows(database, "delete from jobs.pgqueuer")
    assert await queue_digests(workspace(database), System("job digests")) == 0
    await fetch_rows(database, YESTERDAY)
    assert [await queue_digests(workspace(database), System("job digests")) for _ in range(2)] == [1, 0]
    [mail] = await arrived(database)
    assert str(mail["Subject"]) == "2 notices about your contracts"
    assert part(mail, "html").count("<h1") == 2
    assert part(mail, "plain").count("— ") == 2
    assert {state for state, _ in await states(agreed)} == {"sent"}


async def test_a_refused_mail_leaves_no_words_of_the_server_after_the_account(agreed: Agreement) -> None:
    await agreed.queue(agreed.renewal())
    assert await arrived(agreed.world.database, agreed.contact.email) == []
    assert await states(agreed) == [("refused", "550 no such person")]


@pytest.mark.parametrize("kind", NoticeKind)
def test_there_is_a_text_of_each_kind_in_each_language(kind: NoticeKind) -> None:
    stages = [None, *STAGES, ENDED, LAST_CHANCE] if kind in (NoticeKind.EXPIRY, NoticeKind.RENEWAL) else [None]
    for stage in stages[1:] if kind is NoticeKind.EXPIRY else stages:
        for on in (True, False):
            mails = []
            for language in Language:
                event = sample(kind, language)._replace(stage=stage, auto_renew=on)
                mail = write("https://usher.example", [event])
                assert mail is not None
                assert "{" not in mail.text + mail.subject
                assert mail.html is not None
                mails.append(mail)
            assert mails[0].text != mails[1].text


def test_the_texts_say_the_same_things_in_each_language() -> None:
    assert CONTRACT_TEXTS.keys() == set(Language)
    assert EN.events.keys() == DE.events.keys()
    for name, english in EN.events.items():
        german = DE.events[name]
        assert (places(english.subject), places(english.text)) == (places(german.subject), places(german.text)), name


@pytest.mark.parametrize(
    ("minor", "currency", "english", "german"),
    [
        (716_781, "EUR", "7,167.81 EUR", "7.167,81 EUR"),
        (5, "USD", "0.05 USD", "0,05 USD"),
        (1_234_567, "JPY", "1,234,567 JPY", "1.234.567 JPY"),
        (1_234, "KWD", "1.234 KWD", "1,234 KWD"),
        (-250, "EUR", "-2.50 EUR", "-2,50 EUR"),
    ],
)
def test_amounts_are_written_as_people_write_them(minor: int, currency: str, english: str, german: str) -> None:
    assert (EN.amount(minor, currency), DE.amount(minor, currency)) == (english, german)
