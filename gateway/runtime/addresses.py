"""Addresses in settings: whom mails come from, who takes them, and where Usher is to be found."""

import unicodedata
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
PORTS = {"smtp": 25, "smtps": 465}
# How an encoded word begins (RFC 2047). The library decodes those in what it is given, also to the end of a line.
ENCODED = "=?"


@dataclass(frozen=True)
class MailServer:
    """A mail server, out of `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Raises ValueError, whose text shows nothing of the address."""
        parts, port = _split(url)
        if parts.scheme not in PORTS or not parts.hostname or parts.path.strip("/") or parts.query or parts.fragment:
            raise ValueError("must be the address of a mail server such as smtp://user:password@host:587")
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        if (user is None) != (password is None):
            raise ValueError("must name a user and a password, or neither")
        return cls(parts.hostname, port or PORTS[parts.scheme], parts.scheme == "smtps", user, password)

    @property
    def starttls(self) -> bool | None:
        """Whether TLS must be begun: always before a password goes over a network, else if it is offered (None)."""
        if self.tls:
            return False
        return True if self.user is not None and self.host not in LOOPBACK else None


def public(url: str) -> str:
    """The address that links begin with, without a slash at its end. Raises ValueError."""
    parts, _ = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "?" in url or "#" in url:
        raise ValueError("must be an address such as https://usher.company.example")
    return url.rstrip("/")


def sender(text: str) -> Address:
    """An address with or without a name before it, such as `Usher <usher@company.example>`. Raises ValueError."""
    # The parser makes the best of what it gets; nobody means more than one line.
    return mailbox(*parseaddr(text if one_line(text) == text else ""))


def mailbox(name: str, spec: str) -> Address:
    """An e-mail address and the name of whose it is. Raises ValueError."""
    local, at, domain = spec.rpartition("@")
    strange = ENCODED in spec or any(letter.isspace() or not letter.isprintable() for letter in spec)
    if strange or not (local and at and domain):
        raise ValueError("must be an address such as Usher <usher@company.example>")
    return Address(one_line(name), local, domain)


def one_line(text: str) -> str:
    """A text of people's own as a part of a line: control characters and the ends of lines become spaces.

    What begins an encoded word is broken by one.
    """
    plain = (" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in text)
    return " ".join("".join(plain).replace(ENCODED, "= ?").split())


def _split(url: str) -> tuple[SplitResult, int | None]:
    refusal = ValueError("must be an address such as scheme://host:port")
    # Characters that urlsplit would take out silently.
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise refusal
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # Not from that error: its text may quote a part of the address.
        raise refusal from None
    return parts, port
