"""Mails as text: names in any script, and nothing in them that could become a header or a line of its own."""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import format_datetime
from typing import Any, Generic, Protocol, TypeVar

from sqlalchemy.ext.asyncio import AsyncConnection, AsyncEngine

from db.queue.jobs import Job
from domain.jobs import JobKind
from gateway.runtime.addresses import mailbox, one_line

# Behind these a link goes on, and a name as well with a space; the last three stand for the dot in domains, too.
LINKING = re.compile(r"(?<=[.:/@\u3002\uff0e\uff61])(?=\S)")


@dataclass(frozen=True)
class Mail:
    """What is to be said, and to whom. `link` is the one the text leads to, for showing it beside."""

    to: str
    name: str
    subject: str
    text: str
    link: str | None = None


@dataclass(frozen=True)
class Desk:
    """What mails are written with: the database, and the address that their links begin with."""

    engine: AsyncEngine
    address: str


class MailPayload(Protocol):
    """What the jobs of every kind of mail say."""

    @property
    def team_id(self) -> str | None:
        """The team whose mail it is, if it is one's."""


Payload = TypeVar("Payload", bound=MailPayload)
Note = Callable[[AsyncConnection, Job[Payload]], Awaitable[None]]


async def nothing(_: AsyncConnection, __: Job[Any]) -> None:
    """No note: that the job is done is enough."""


@dataclass(frozen=True)
class Kind(Generic[Payload]):
    """A kind of mail.

    `job` is the kind of job that it is queued as. `compose` writes one out of its job, or finds that nobody needs it
    any more (None). It is called at each attempt, and may change the database in a transaction of its own. `sent`
    writes down that the mail is out, in the transaction that takes its job out of the queue.
    """

    job: JobKind[Payload]
    compose: Callable[[Desk, Job[Payload]], Awaitable[Mail | None]]
    sent: Note[Payload] = nothing


def unlinked(name: str) -> str:
    """What people call themselves or each other, so that no mail program makes a link of it: it is not their letter."""
    return LINKING.sub(" ", one_line(name))


def message(mail: Mail, sender: Address, id_: str) -> EmailMessage:
    """The mail as it is sent; the same `id_` makes the same Message-ID. Raises ValueError for what is no address."""
    made = EmailMessage(SMTP)
    made["From"] = sender
    made["To"] = mailbox(mail.name, mail.to)
    made["Subject"] = one_line(mail.subject)
    made["Date"] = format_datetime(datetime.now(UTC))
    made["Message-ID"] = f"<{id_}@{sender.domain}>"
    made["Auto-Submitted"] = "auto-generated"  # keeps replies of absent people away (RFC 3834)
    made.set_content(mail.text)
    return made
