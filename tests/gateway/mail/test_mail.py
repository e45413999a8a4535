"""Mails: any name arrives unchanged, and none becomes a header, a line or another recipient."""

from email import message_from_bytes
from email.message import EmailMessage
from email.policy import default

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.mail.message import Mail, message
from gateway.runtime.addresses import mailbox, one_line, sender_address
from tests.support.mail_server import mail_text

FROM = sender_address("Usher <usher@company.example>")
HEADERS = {
    "From",
    "To",
    "Subject",
    "Date",
    "Message-ID",
    "Auto-Submitted",
    "Content-Type",
    "Content-Transfer-Encoding",
    "MIME-Version",
}
TEXT = st.text(st.characters(exclude_categories=["Cs"]))


def arrived(mail: Mail, id_: str = "job_1") -> EmailMessage:
    """Return the mail as its recipient reads it."""
    return message_from_bytes(message(mail, FROM, id_).as_bytes(), policy=default)


@pytest.mark.parametrize("name", ["Ada Lovelace", "Ада Лавлейс", "李小龍", 'O\'Brien, "Bob" <x>', "نور", "Zoë 🦉", ""])
def test_a_name_in_any_script_arrives(name: str) -> None:
    mail = arrived(Mail("ada@x.example", name, f"{name} invites you", f"Hello {name}!\n"))
    [to] = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "ada@x.example")
    assert mail["Subject"] == one_line(f"{name} invites you")
    assert mail_text(mail) == f"Hello {name}!\n"


@given(name=TEXT, subject=TEXT)
def test_no_name_becomes_a_header_or_a_recipient(name: str, subject: str) -> None:
    mail = arrived(Mail("ada@x.example", name, subject, "Hello!\n"))
    assert set(mail.keys()) == HEADERS
    assert [to.addr_spec for to in mail["To"].addresses] == ["ada@x.example"]
    assert mail_text(mail) == "Hello!\n"


@pytest.mark.parametrize("end", ["\n", "\r\n", "\r", "\u2028", "\u0085", "\x0b"])
def test_a_line_break_never_starts_a_header(end: str) -> None:
    mail = arrived(Mail("ada@x.example", f"Ada{end}Bcc: eve@x.example", f"Hi{end}Bcc: eve@x.example", "Hello!\n"))
    assert mail["Subject"] == "Hi Bcc: eve@x.example"
    assert mail["To"].addresses[0].display_name == "Ada Bcc: eve@x.example"
    assert mail["Bcc"] is None


@pytest.mark.parametrize("word", ["=?utf-8?q?=0d=0aBcc=3a_eve=40x.example=0d=0a=0d=0aHi?=", "=?utf-8?b?DQpCY2M6IGE=?="])
def test_an_encoded_word_never_becomes_a_header(word: str) -> None:
    mail = arrived(Mail("ada@x.example", word, f"{word} invites you", "Hello!\n"))
    assert (set(mail.keys()), mail_text(mail)) == (HEADERS, "Hello!\n")
    assert mail["To"].addresses[0].display_name == word.replace("=?", "= ?")
    with pytest.raises(ValueError, match="address"):
        message(Mail(f"{word}@x.example", "Ada", "Hello", "Hello!\n"), FROM, "job_1")


@pytest.mark.parametrize(
    "spec", ["", "ada", "@x.example", "ada@", "ada@x.example\nBcc: eve@x.example", "a da@x", "ada@x\x00.example"]
)
def test_an_invalid_address_is_refused(spec: str) -> None:
    with pytest.raises(ValueError, match="must be an address"):
        mailbox("Ada", spec)


def test_the_same_job_has_the_same_message_id() -> None:
    mail = Mail("ada@x.example", "Ada", "Hello", "Hello!\n")
    assert arrived(mail, "job_7")["Message-ID"] == arrived(mail, "job_7")["Message-ID"] == "<job_7@company.example>"
    assert arrived(mail, "job_8")["Message-ID"] != arrived(mail, "job_7")["Message-ID"]


def test_automatic_replies_are_suppressed() -> None:
    assert arrived(Mail("ada@x.example", "Ada", "Hello", "Hello!\n"))["Auto-Submitted"] == "auto-generated"
