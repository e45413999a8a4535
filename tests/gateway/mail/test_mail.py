"""Mails: any name arrives unchanged, and none becomes a header, a line or another recipient."""

import re
from email import message_from_bytes, message_from_string
from email.message import EmailMessage
from email.policy import compat32, default
from email.utils import getaddresses
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gateway.mail import outgoing as written
from gateway.mail.message import Mail
from gateway.mail.outgoing import outgoing
from gateway.runtime.addresses import mailbox, one_line, sender_address
from tests.support.mail_server import mail_text, shown_text

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
TEXT = st.text(st.characters(exclude_categories=["Cs"])) | st.text(st.sampled_from('aZé ,;:.<>@()[]"\\=?\r\n\t'))


def arrived(mail: Mail, id_: str = "job_1") -> EmailMessage:
    """Return the mail as its recipient reads it."""
    return message_from_bytes(outgoing(mail, FROM, id_).content, policy=default)


@pytest.mark.parametrize("name", ["Ada Lovelace", "Ада Лавлейс", "李小龍", 'O\'Brien, "Bob" <x>', "نور", "Zoë 🦉", ""])
def test_a_name_in_any_script_arrives(name: str) -> None:
    mail = arrived(Mail("ada@x.example", name, f"{name} invites you", f"Hello {name}!\n"))
    [to] = mail["To"].addresses
    assert (to.display_name, to.addr_spec) == (name, "ada@x.example")
    assert mail["Subject"] == one_line(f"{name} invites you")
    assert mail_text(mail) == f"Hello {name}!\n"


def lines_of(text: str) -> list[str]:
    """Return the lines of a text; every kind of line end counts."""
    return re.split(r"\r\n|\r|\n", re.sub(r"(\r\n|\r|\n)\Z", "", text)) if text else []


@given(name=TEXT, subject=TEXT, text=TEXT)
@example("A" * 80 + " " + "B" * 80, "S" * 200, "T" * 999)
@example("victim@bank.example, " * 9, "victim@bank.example, " * 9, "\n\n.\nFrom: eve@x.example\n\n")
@example("Byron, Ada", "Ada", "")
@example("é" * 40, "\U0001f989" * 30, "=\r" + "é" * 200 + " \n")
def test_whatever_a_text_is_the_mail_arrives_as_it_was_written(name: str, subject: str, text: str) -> None:
    content = outgoing(Mail("ada@x.example", name, subject, text), FROM, "job_1").content
    head, _, _ = content.decode("ascii").partition("\r\n\r\n")
    assert all(len(line) <= 76 for line in head.split("\r\n") if "=?" in line)
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in content.split(b"\r\n"))
    # The older interface of the parser. The newer one checks the bytes before they go out.
    mail = message_from_bytes(content, policy=compat32)
    assert set(mail.keys()) == HEADERS
    [(_, address)] = getaddresses([mail["To"]])
    assert (address, shown_text(mail, "To")) == ("ada@x.example", one_line(name))
    assert shown_text(mail, "Subject") == one_line(subject)
    body = mail.get_payload(decode=True)
    assert isinstance(body, bytes)
    assert lines_of(body.decode()) == lines_of(text)


@given(spec=TEXT)
@example("ada@x.example, eve@y.example")
@example("ada@[")
@example("eve@x.example>, <ada@x.example")
def test_an_address_of_any_text_is_one_recipient_or_is_refused(spec: str) -> None:
    try:
        mail = outgoing(Mail(spec, "Ada", "Hello", "Hello!\n"), FROM, "job_1")
    except ValueError:
        return
    [to] = message_from_string(mail.content.decode(), policy=default)["To"].addresses
    assert to.addr_spec == mail.to
    assert to.username == spec.rpartition("@")[0]


@pytest.mark.parametrize(
    ("fault", "result", "message"),
    [
        ("_mailbox", "eve@x.example, ada@x.example", "other addresses"),
        ("_mailbox", "ada@x.example\r\nBcc: eve@x.example", "other headers"),
        ("_subject", "You\r\n\r\nare", "other headers"),
        ("_body", ("7bit", "Goodbye!\r\n"), "another text"),
        ("_body", ("a\r\n\r\nb", "Hello!\r\n"), "another text"),
        ("_mailbox", "\r\n\r\n", "cannot be read again"),
    ],
)
def test_bytes_that_would_arrive_as_another_mail_are_refused(
    monkeypatch: pytest.MonkeyPatch, fault: str, result: Any, message: str
) -> None:
    monkeypatch.setattr(written, fault, lambda _: result)
    with pytest.raises(ValueError, match=message):
        outgoing(Mail("ada@x.example", "Ada", "Hello", "Hello!\n"), FROM, "job_1")


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
    assert shown_text(mail, "To") == word.replace("=?", "= ?")
    with pytest.raises(ValueError, match="address"):
        outgoing(Mail(f"{word}@x.example", "Ada", "Hello", "Hello!\n"), FROM, "job_1")


@pytest.mark.parametrize("domain", ["☃.example", "-müller.example", "mü ller.example", "ü" * 70 + ".example"])
def test_an_invalid_domain_in_another_script_is_refused(domain: str) -> None:
    with pytest.raises(ValueError, match="must"):
        mailbox("Ada", f"ada@{domain}")


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
