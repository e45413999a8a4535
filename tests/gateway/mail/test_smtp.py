"""Sending to a real mail server: TLS, sign-in, refusals, and one connection for many mails."""

import asyncio
import socket
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import trustme

from db.queue.jobs import RetryLater
from gateway.mail import smtp
from gateway.mail.message import Mail
from gateway.mail.outgoing import OutgoingMail, outgoing
from gateway.mail.smtp import Folder, MailRefused, Smtp
from gateway.runtime.addresses import MailServer, sender_address
from tests.support.mail_server import MailCatcher, mail_text, shown_text

FROM = sender_address("Usher <usher@company.example>")


def mail(to: str = "ada@x.example", id_: str = "job_1", name: str = "Ада") -> OutgoingMail:
    return outgoing(Mail(to, name, "Hello", "Привет\n.\n"), FROM, id_)


@asynccontextmanager
async def connected(url: str) -> AsyncIterator[Smtp]:
    opened = Smtp(MailServer.parse(url))
    try:
        yield opened
    finally:
        await opened.close()


@pytest.fixture
def authority(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> trustme.CA:
    """A certificate authority that this process trusts."""
    authority = trustme.CA()
    authority.cert_pem.write_to_path(str(tmp_path / "authority.pem"))
    monkeypatch.setenv("SSL_CERT_FILE", str(tmp_path / "authority.pem"))
    return authority


def context(authority: trustme.CA, host: str = "127.0.0.1") -> ssl.SSLContext:
    """Return a TLS context with a certificate for this host."""
    tls_context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    authority.issue_cert(host).configure_cert(tls_context)
    return tls_context


async def test_a_mail_arrives_as_it_was_written() -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with connected(mail_catcher.url) as server:
            assert await server.send(mail()) == "taken"
    [arrived] = mail_catcher.mails
    assert mail_text(arrived) == "Привет\n.\n"
    assert arrived["Message-ID"] == "<job_1@company.example>"
    assert arrived["Delivered-To"] == "ada@x.example"


async def test_an_address_in_another_script_arrives() -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with connected(mail_catcher.url) as server:
            await server.send(mail("用户@例え.jp"))
    assert mail_catcher.mails[0]["Delivered-To"] == "用户@例え.jp"


@pytest.mark.parametrize(
    ("to", "sent_to"),
    [
        ("ada@müller.example", "ada@xn--mller-kva.example"),
        ("ada@xn--mller-kva.example", "ada@xn--mller-kva.example"),
        ("ada@Straße.example", "ada@xn--strae-oqa.example"),
        ("Ada@例え。JP", "Ada@xn--r8jz45g.jp"),
        ("ada@post.пример.example", "ada@post.xn--e1afmkfd.example"),
        ("ada@Company.example", "ada@Company.example"),
    ],
)
async def test_a_domain_in_another_script_needs_no_smtputf8(to: str, sent_to: str) -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open(smtputf8=False):
        async with connected(mail_catcher.url) as server:
            await server.send(mail(to))
    [arrived] = mail_catcher.mails
    assert arrived["Delivered-To"] == arrived["To"].addresses[0].addr_spec == sent_to


async def test_a_local_part_in_another_script_is_refused_by_a_server_without_smtputf8() -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open(smtputf8=False):
        async with connected(mail_catcher.url) as server:
            with pytest.raises(MailRefused, match="does not support SMTPUTF8, which the address needs"):
                await server.send(mail("用户@x.example"))
            await server.send(mail())
    assert (len(mail_catcher.mails), mail_catcher.connections) == (1, 1)


async def test_a_sender_in_another_script_delays_mails_until_the_setting_is_corrected() -> None:
    mail_catcher = MailCatcher()
    written = outgoing(Mail("ada@x.example", "", "Hello", "Hello\n"), sender_address("用户@company.example"), "job_1")
    with mail_catcher.open(smtputf8=False):
        async with connected(mail_catcher.url) as server:
            with pytest.raises(RetryLater, match="does not support SMTPUTF8, which the sender needs"):
                await server.send(written)


@pytest.mark.parametrize(
    "name",
    [
        pytest.param("A" * 80 + " " + "B" * 80, id="longer than a line, without a space to fold at"),
        pytest.param(
            "victim@bank.example, Very-long-given-name-that-goes-on-and-on-beyond the-fold-limit-of-seventy-eight, "
            "other@bank.example",
            id="commas beyond the fold",
        ),
        pytest.param('"Ada" <eve@x.example>, ' * 9, id="addresses and quotes"),
        pytest.param("ᛏ" * 200, id="200 letters of three bytes"),
    ],
)
async def test_a_name_that_the_inviter_chose_changes_no_recipient_and_no_header(name: str) -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with connected(mail_catcher.url) as server:
            await server.send(mail(name=name))
    [arrived] = mail_catcher.mails
    [to] = arrived["To"].addresses
    assert (to.addr_spec, shown_text(arrived, "To")) == ("ada@x.example", name.strip())
    assert (arrived["Delivered-To"], arrived["Subject"], mail_text(arrived)) == (
        "ada@x.example",
        "Hello",
        "Привет\n.\n",
    )


async def test_many_mails_share_one_connection() -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with connected(mail_catcher.url) as server:
            for number in range(5):
                await server.send(mail(id_=f"job_{number}"))
    assert (len(mail_catcher.mails), mail_catcher.connections) == (5, 1)


async def test_a_connection_lost_between_mails_is_opened_again() -> None:
    mail_catcher = MailCatcher()
    async with connected(mail_catcher.url) as server:
        for number in range(2):
            with mail_catcher.open():
                await server.send(mail(id_=f"job_{number}"))
    assert (len(mail_catcher.mails), mail_catcher.connections) == (2, 2)


async def test_an_idle_connection_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "IDLE_SECONDS", 0.01)
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with connected(mail_catcher.url) as server:
            await server.send(mail())
            await asyncio.sleep(0.2)
            assert not server.client.is_connected
            await server.send(mail())
    assert (len(mail_catcher.mails), mail_catcher.connections) == (2, 2)


async def test_tls_is_used_if_the_server_offers_it(authority: trustme.CA) -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open(context(authority), password=True):
        async with connected(f"smtp://usher:right@127.0.0.1:{mail_catcher.port}") as server:
            await server.send(mail())
    assert mail_catcher.logins == [("usher", "right", True)]
    assert len(mail_catcher.mails) == 1


async def test_a_server_of_another_name_gets_no_password(authority: trustme.CA) -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open(context(authority, "mail.elsewhere.example"), password=True):
        async with connected(f"smtp://usher:right@127.0.0.1:{mail_catcher.port}") as server:
            with pytest.raises(RetryLater, match="certificate"):
                await server.send(mail())
    assert (mail_catcher.logins, mail_catcher.mails) == ([], [])


async def test_a_wrong_password_delays_the_mail_and_does_not_refuse_it(authority: trustme.CA) -> None:
    mail_catcher = MailCatcher()
    with mail_catcher.open(context(authority), password=True):
        async with connected(f"smtp://usher:wrong@127.0.0.1:{mail_catcher.port}") as server:
            with pytest.raises(RetryLater, match="535") as put_off:
                await server.send(mail())
    assert "wrong" not in str(put_off.value)
    assert mail_catcher.mails == []


@pytest.mark.parametrize(
    ("at", "answer", "outcome"),
    [
        ("rcpt", "550 5.1.1 no such person", MailRefused),
        ("rcpt", "450 4.2.1 come back later", RetryLater),
        ("data", "554 5.7.1 we do not like it", MailRefused),
        ("data", "452 4.3.1 disk full", RetryLater),
        ("data", "421 4.3.2 we close", RetryLater),
    ],
)
async def test_only_a_refusal_of_the_mail_itself_is_permanent(at: str, answer: str, outcome: type[Exception]) -> None:
    mail_catcher = MailCatcher()
    if at == "rcpt":
        mail_catcher.at_rcpt = lambda _: answer
    else:
        mail_catcher.at_data = lambda: answer
    with mail_catcher.open():
        async with connected(mail_catcher.url) as server:
            with pytest.raises(outcome, match=answer[:3]):
                await server.send(mail())
            mail_catcher.at_rcpt, mail_catcher.at_data = (lambda _: None), (lambda: None)
            await server.send(mail())
    assert len(mail_catcher.mails) == 1


async def test_an_unreachable_server_is_tried_by_one_mail_only(monkeypatch: pytest.MonkeyPatch) -> None:
    mail_catcher = MailCatcher()
    async with connected(mail_catcher.url) as server:
        with pytest.raises(RetryLater, match="connecting to"):
            await server.send(mail())
        with mail_catcher.open():
            with pytest.raises(RetryLater, match="connecting to"):
                await server.send(mail())
            assert mail_catcher.connections == 0
            monkeypatch.setattr(server, "unreachable", None)
            await server.send(mail())
    assert len(mail_catcher.mails) == 1


async def test_a_silent_server_delays_the_mail_after_a_timeout(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(smtp, "CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        async with connected(f"smtp://127.0.0.1:{silent.getsockname()[1]}") as server:
            with pytest.raises(RetryLater, match="Timed out"):
                await server.send(mail())


@pytest.mark.parametrize(
    ("url", "starttls"),
    [
        ("smtp://mail.company.example", None),
        ("smtp://u:p@mail.company.example:587", True),
        ("smtp://u:p@127.0.0.1:1025", None),
        ("smtps://u:p@mail.company.example", False),
    ],
)
def test_no_password_goes_over_a_network_in_the_clear(url: str, starttls: bool | None) -> None:
    server = MailServer.parse(url)
    assert server.starttls is starttls
    assert server.tls is url.startswith("smtps")


def test_the_password_of_a_server_is_not_shown() -> None:
    server = MailServer.parse("smtp://usher:hidden-word@mail.company.example:587")
    assert (server.user, server.password) == ("usher", "hidden-word")
    assert "hidden" not in repr(server)


def test_without_a_server_mails_are_written_for_the_owner_only(tmp_path: Path) -> None:
    folder = Folder(tmp_path / "usher" / "mail")
    place = Path(asyncio.run(folder.send(mail())))
    assert place == tmp_path / "usher" / "mail" / "job_1.eml"
    assert (place.stat().st_mode & 0o777, place.parent.stat().st_mode & 0o777) == (0o600, 0o700)
    assert b"To: =?utf-8?b?0JDQtNCw?=\r\n <ada@x.example>\r\n" in place.read_bytes()
    assert asyncio.run(folder.send(mail())) == str(place)
    assert [file.name for file in place.parent.iterdir()] == ["job_1.eml"]
