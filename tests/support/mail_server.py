"""A real mail server for tests. It stores every mail that arrives, and can be set to answer with errors."""

import asyncio
import re
import ssl
import time
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email import message_from_bytes
from email.message import EmailMessage, Message
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.support.process import free_port

SECONDS = 30


def mail_text(mail: EmailMessage) -> str:
    """The text of a mail, with line ends as in Python."""
    return str(mail.get_content()).replace("\r\n", "\n")


def shown_text(mail: "Message[Any, Any]", header: str) -> str:
    """The text of a subject, or the name in front of an address, as a reader shows it.

    The words are decoded one by one (RFC 2047). Some releases of Python's parser put spaces between them.
    """
    raw = str(dict(mail.raw_items())[header])
    text = raw if header == "Subject" else raw.rpartition("<")[0].strip()
    words = re.findall(r"=\?utf-8\?b\?([A-Za-z0-9+/]+=*)\?=", text)
    return "".join(b64decode(word).decode() for word in words) if words else text


@dataclass
class MailCatcher:
    """A mail server on a port of its own, and the mails that arrived.

    `at_rcpt` and `at_data` return the answer to send instead of 250. `after_data` is called before 250 is sent. A
    recipient in `silent_for` gets no answer at all, while other connections continue.
    """

    port: int = field(default_factory=lambda: int(free_port()))
    mails: list[EmailMessage] = field(default_factory=list)
    connections: int = 0
    logins: list[tuple[str, str, bool]] = field(default_factory=list)
    at_rcpt: Callable[[str], str | None] = lambda _: None
    at_data: Callable[[], str | None] = lambda: None
    after_data: Callable[[], None] = lambda: None
    silent_for: set[str] = field(default_factory=set)

    @property
    def url(self) -> str:
        """The value for SMTP_URL."""
        return f"smtp://127.0.0.1:{self.port}"

    @property
    def ids(self) -> list[str]:
        """The Message-ID of each mail that arrived."""
        return [str(mail["Message-ID"]) for mail in self.mails]

    @contextmanager
    def open(
        self, tls: ssl.SSLContext | None = None, *, password: bool = False, smtputf8: bool = True
    ) -> Iterator[None]:
        """Serve during the block. With a context it requires STARTTLS; `password` requires a login with "right"."""
        options: dict[str, Any] = {"tls_context": tls, "require_starttls": tls is not None}
        if password:
            options |= {"authenticator": self._login, "auth_required": True}
        server = Controller(self, hostname="127.0.0.1", port=self.port, enable_SMTPUTF8=smtputf8, **options)
        server.start()
        try:
            yield
        finally:
            server.stop()

    def wait(self, mails: int = 1) -> list[EmailMessage]:
        """Wait until this number of mails has arrived, and return them."""
        deadline = time.monotonic() + SECONDS
        while len(self.mails) < mails:
            assert time.monotonic() < deadline, f"{len(self.mails)} of {mails} mails arrived"
            time.sleep(0.01)
        return self.mails

    def _login(self, _: SMTP, session: Session, __: Envelope, ___: str, data: LoginPassword) -> AuthResult:
        name, password = data.login.decode(), data.password.decode()
        self.logins.append((name, password, session.ssl is not None))
        return AuthResult(success=password == "right", handled=False)

    async def handle_EHLO(  # noqa: N802
        self, _: SMTP, session: Session, __: Envelope, hostname: str, responses: list[str]
    ) -> list[str]:
        """Count the connections."""
        session.host_name = hostname
        self.connections += 1
        return responses

    async def handle_RCPT(self, _: SMTP, __: Session, envelope: Envelope, address: str, ___: list[str]) -> str:  # noqa: N802
        """Accept or refuse a recipient."""
        if address in self.silent_for:
            await asyncio.Event().wait()
        answer = self.at_rcpt(address)
        if answer is None:
            envelope.rcpt_tos.append(address)
        return answer or "250 OK"

    async def handle_DATA(self, _: SMTP, __: Session, envelope: Envelope) -> str:  # noqa: N802
        """Accept or refuse a mail."""
        answer = self.at_data()
        if answer is None:
            content = envelope.original_content
            assert content is not None
            mail = message_from_bytes(content, policy=default)
            mail["Delivered-To"] = ", ".join(envelope.rcpt_tos)
            self.mails.append(mail)
            self.after_data()
        return answer or "250 taken"
