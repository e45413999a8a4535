"""Addresses: the sender of mails, the mail server, and the public address of Usher."""

import unicodedata
from dataclasses import dataclass, field
from email.headerregistry import Address
from email.utils import parseaddr
from urllib.parse import SplitResult, unquote, urlsplit

import idna

LOOPBACK = frozenset({"127.0.0.1", "::1", "localhost"})
DEFAULT_PORTS = {"smtp": 25, "smtps": 465}
# The start of an encoded word (RFC 2047). Python's email library decodes them in a header, even into line breaks.
ENCODED_WORD_START = "=?"


@dataclass(frozen=True)
class MailServer:
    """A mail server, parsed from `smtp://user:password@host:port`, or `smtps://` for TLS from the first byte."""

    host: str
    port: int
    tls: bool
    user: str | None
    password: str | None = field(repr=False)

    @classmethod
    def parse(cls, url: str) -> "MailServer":
        """Parse the URL. Raises ValueError, whose text shows no part of the URL."""
        parts, port = _split(url)
        surplus = parts.path.strip("/") or parts.query or parts.fragment
        if parts.scheme not in DEFAULT_PORTS or not parts.hostname or surplus:
            raise ValueError("must be the address of a mail server such as smtp://user:password@host:587")
        user, password = (unquote(part) if part else None for part in (parts.username, parts.password))
        if (user is None) != (password is None):
            raise ValueError("must name a user and a password, or neither")
        return cls(parts.hostname, port or DEFAULT_PORTS[parts.scheme], parts.scheme == "smtps", user, password)

    @property
    def starttls(self) -> bool | None:
        """How STARTTLS is used: False with `smtps`, True if it is required, None if it is used only when offered.

        It is required whenever a password is sent over a network.
        """
        if self.tls:
            return False
        return True if self.user is not None and self.host not in LOOPBACK else None


def public_address(url: str) -> str:
    """Return the address that links start with, without a trailing slash. Raises ValueError."""
    parts, _ = _split(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or "@" in parts.netloc or "?" in url or "#" in url:
        raise ValueError("must be an address such as https://usher.company.example")
    return url.rstrip("/")


def secure_address(url: str) -> str:
    """Return the address of another server to which secrets are sent. Raises ValueError.

    It needs TLS, unless it is on this machine.
    """
    parts, _ = _split(url)
    is_local = parts.scheme == "http" and parts.hostname in LOOPBACK
    if not parts.hostname or not (parts.scheme == "https" or is_local) or "@" in parts.netloc or "#" in url:
        raise ValueError("must be an address such as https://login.company.example")
    return url


def sender_address(text: str) -> Address:
    """Parse an address with or without a name, such as `Usher <usher@company.example>`. Raises ValueError."""
    # parseaddr accepts broken input. A text of several lines is never meant.
    return mailbox(*parseaddr(text if one_line(text) == text else ""))


def mailbox(name: str, spec: str) -> Address:
    """Combine the name of a person and their e-mail address. Raises ValueError.

    A domain in another script is written with A-labels, which every mail server understands. It stays as it is behind a
    local part in another script: this needs SMTPUTF8 anyway, which knows such domains.
    """
    local, at, domain = spec.rpartition("@")
    strange = ENCODED_WORD_START in spec or any(letter.isspace() or not letter.isprintable() for letter in spec)
    if strange or not (local and at and domain):
        raise ValueError("must be an address such as Usher <usher@company.example>")
    return Address(one_line(name), local, ascii_domain(domain) if local.isascii() else domain)


def ascii_domain(domain: str) -> str:
    """Return a domain with its labels of other scripts as A-labels (RFC 5890). Raises ValueError."""
    if domain.isascii():
        return domain
    try:
        return idna.encode(domain, uts46=True).decode()
    except idna.IDNAError:
        # The cause is suppressed: its text quotes the address.
        raise ValueError("must have a domain that is allowed (IDNA 2008)") from None


def one_line(text: str) -> str:
    """Return a text that users wrote in a form that fits into one line.

    Control characters and line breaks become spaces. The start of an encoded word is split by a space.
    """
    plain = (" " if unicodedata.category(letter) in {"Cc", "Cs", "Zl", "Zp"} else letter for letter in text)
    return " ".join("".join(plain).replace(ENCODED_WORD_START, "= ?").split())


def _split(url: str) -> tuple[SplitResult, int | None]:
    refusal = ValueError("must be an address such as scheme://host:port")
    # urlsplit would remove these characters silently.
    if any(letter.isspace() or not letter.isprintable() for letter in url):
        raise refusal
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        # The cause is suppressed: its text may quote a part of the address.
        raise refusal from None
    return parts, port
