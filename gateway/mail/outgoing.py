"""Mails as the bytes that go out. These bytes are parsed again before they are sent.

Python's e-mail package folds long headers, and its releases differ: some of them make an empty line, or several
recipients, of a long name. So the headers are written here. A text is either a short line of plain characters, or
encoded words (RFC 2047), between which a line may end.
"""

import re
from base64 import b64encode
from binascii import b2a_qp
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from email import message_from_string
from email.headerregistry import Address
from email.policy import default
from email.utils import format_datetime

from gateway.mail.message import Mail
from gateway.runtime.addresses import ascii_domain, mailbox, one_line

LINE_END = "\r\n"
ANY_LINE_END = re.compile(r"\r\n|\r|\n")
# A name of these needs neither quotes nor encoding (RFC 5322, 3.2.3).
PLAIN_NAME = re.compile(r"[A-Za-z0-9'-]+( [A-Za-z0-9'-]+)*")
PLAIN_LENGTH = 60
# So many bytes make an encoded word of 64 characters, and it fits behind "Subject: " into a line of 76 (RFC 2047, 2).
WORD_BYTES = 39
# A line may have 998 characters without its end (RFC 5322, 2.1.1).
PLAIN_LINE = re.compile(r"[\t\x20-\x7e]{0,998}")


@dataclass(frozen=True)
class OutgoingMail:
    """A mail as it is sent: its id, which is in its Message-ID, the two addresses of its envelope, and its bytes."""

    id: str
    sender: str
    to: str
    content: bytes

    @property
    def needs_smtputf8(self) -> bool:
        """Whether the mail server must support SMTPUTF8 (RFC 6531): an address has a local part in another script."""
        return not (self.sender + self.to).isascii()


def outgoing(mail: Mail, sender: Address, id_: str) -> OutgoingMail:
    """Return a mail as it is sent. Raises ValueError if an address is invalid, or if the mail would arrive changed."""
    try:
        to = mailbox(mail.name, mail.to)
    except ValueError as error:
        raise ValueError(f"The recipient {error}") from None
    content, body = _content(mail, id_)
    headers = {
        "From": _mailbox(sender),
        "To": _mailbox(to),
        "Subject": _subject(one_line(mail.subject)),
        "Date": format_datetime(datetime.now(UTC)),
        "Message-ID": f"<{id_}@{ascii_domain(sender.domain)}>",
        "Auto-Submitted": "auto-generated",  # prevents automatic replies (RFC 3834)
        "MIME-Version": "1.0",
        **content,
    }
    text = _with_headers(headers, body)
    _check(text, list(headers), {"From": sender.addr_spec, "To": to.addr_spec}, mail)
    return OutgoingMail(id_, sender.addr_spec, to.addr_spec, text.encode())


def _mailbox(address: Address) -> str:
    """Return the address with the name. A name that is not plain has its own lines."""
    name = address.display_name
    if not name:
        return address.addr_spec
    if len(name) <= PLAIN_LENGTH and PLAIN_NAME.fullmatch(name):
        return f"{name} <{address.addr_spec}>"
    return _folded([*_encoded_words(name), f"<{address.addr_spec}>"])


def _subject(line: str) -> str:
    """Return a subject. `one_line` has split what would look like an encoded word."""
    return line if line.isascii() and len(line) <= PLAIN_LENGTH else _folded(list(_encoded_words(line)))


def _folded(parts: list[str]) -> str:
    return f"{LINE_END} ".join(parts)


def _encoded_words(line: str) -> Iterator[str]:
    """Return the line as encoded words. Each contains whole characters, because a reader decodes it on its own."""
    word = b""
    for letter in map(str.encode, line):
        if len(word) + len(letter) > WORD_BYTES:
            yield _encoded_word(word)
            word = b""
        word += letter
    yield _encoded_word(word)


def _encoded_word(word: bytes) -> str:
    return f"=?utf-8?b?{b64encode(word).decode()}?="


def _content(mail: Mail, id_: str) -> tuple[dict[str, str], str]:
    """Return the headers about the content of a mail, and its body: the text, or also its HTML (RFC 2046, 5.1.4)."""
    if mail.html is None:
        return _part("plain", mail.text)
    # No text can contain it: a body in quoted-printable has no "=_", and nobody knows the id before.
    boundary = f"=_{id_}"
    parts = [_with_headers(*_part(kind, text)) for kind, text in (("plain", mail.text), ("html", mail.html))]
    body = "".join(f"--{boundary}{LINE_END}{part}" for part in parts)
    return {"Content-Type": f'multipart/alternative; boundary="{boundary}"'}, f"{body}--{boundary}--{LINE_END}"


def _part(kind: str, text: str) -> tuple[dict[str, str], str]:
    encoding, body = _body(text)
    return {"Content-Type": f'text/{kind}; charset="utf-8"', "Content-Transfer-Encoding": encoding}, body


def _with_headers(headers: dict[str, str], body: str) -> str:
    return "".join(f"{name}: {value}{LINE_END}" for name, value in headers.items()) + LINE_END + body


def _body(text: str) -> tuple[str, str]:
    """Return the encoding of the body, and the body in it. A plain text stays readable: its links can be copied."""
    lines = _lines(text)
    body = "".join(f"{line}{LINE_END}" for line in lines)
    if all(map(PLAIN_LINE.fullmatch, lines)):
        return "7bit", body
    return "quoted-printable", b2a_qp(body.encode(), istext=True).decode()


def _lines(text: str) -> list[str]:
    """Return the lines of a text without their ends. The last line of a text may have no end."""
    lines = ANY_LINE_END.split(text)
    return lines if lines[-1] else lines[:-1]


def _check(text: str, headers: list[str], addresses: dict[str, str], mail: Mail) -> None:
    """Parse a mail as its recipient does. Raises ValueError if something else arrives than was written."""
    try:
        parsed = message_from_string(text, policy=default)
        arrived = {name: [one.addr_spec for one in parsed[name].addresses] for name in addresses}
        parts = [part for part in parsed.walk() if not part.is_multipart()]
        bodies = [(part.get_content_subtype(), _lines(part.get_content())) for part in parts]
    except Exception as error:  # whatever the parser cannot read is not sent
        raise ValueError(f"The mail cannot be read again ({type(error).__name__}), so it is not sent") from error
    if parsed.keys() != headers:
        raise ValueError("The mail would arrive with other headers, so it is not sent")
    if arrived != {name: [spec] for name, spec in addresses.items()}:
        raise ValueError("The mail would arrive with other addresses, so it is not sent")
    written = {"plain": mail.text} if mail.html is None else {"plain": mail.text, "html": mail.html}
    if bodies != [(kind, _lines(one)) for kind, one in written.items()]:
        raise ValueError("The mail would arrive with another text, so it is not sent")
