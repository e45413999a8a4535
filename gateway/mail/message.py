"""Mails as text, and the types of mails. No name can become a link or a line of its own."""

import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any, Generic, Protocol, TypeVar

from db.core.connection import Connection
from db.core.database import Database
from db.queue.jobs import Job
from domain.actions import Action
from domain.jobs import JobKind
from domain.mails import MailOutcome
from gateway.runtime import subjects
from gateway.runtime.addresses import one_line
from policies import facts
from resolvers.core.mutations import Change
from resolvers.core.system import Workspace

# Characters after which a link continues. With a space after them, a name is no link but stays readable. The last
# three stand for the dot in domain names.
LINKING = re.compile(r"(?<=[.:/@\u3002\uff0e\uff61])(?=\S)")


@dataclass(frozen=True)
class Mail:
    """The content and the recipient of a mail. `link` is the link in the text. `usher run` prints it separately.

    With `html`, the mail has the same content a second time, and the reader's program chooses.
    """

    to: str
    name: str
    subject: str
    text: str
    link: str | None = None
    html: str | None = None


@dataclass(frozen=True)
class MailContext:
    """What is needed to write a mail: the workspace of the job, and the start of the links."""

    workspace: Workspace
    address: str

    @property
    def database(self) -> Database:
        """The database."""
        return self.workspace.database

    def require(self, job: Job[Any]) -> None:
        """Go on only if the policy lets this job send mails. Raises Forbidden."""
        context = self.workspace.context(subjects.job(job.kind), job.id)
        context.require(Action.MAILS_SEND, facts.GATEWAY)

    @asynccontextmanager
    async def change(self, job: Job[Any]) -> AsyncIterator[Change]:
        """A transaction in which the job changes something. It commits if its block raises no error."""
        async with self.workspace.change(subjects.job(job.kind), Action.MAILS_SEND, job.id) as change:
            await change.decide(facts.GATEWAY)
            yield change


class MailPayload(Protocol):
    """What the payloads of all mail jobs have in common."""

    @property
    def team_id(self) -> str | None:
        """The team that the mail belongs to, or None if it belongs to no team."""

    @property
    def about_id(self) -> str | None:
        """The id of the object that the mail is about, or None if there is none."""


Payload = TypeVar("Payload", bound=MailPayload)
Record = Callable[[Connection, Job[Payload], MailOutcome], Awaitable[None]]


async def no_record(_: Connection, __: Job[Any], ___: MailOutcome) -> None:
    """Record nothing, because the end of the job is enough."""


@dataclass(frozen=True)
class MailType(Generic[Payload]):
    """A type of mail.

    `job` is the kind of job that queues it. `compose` writes the mail of a job, or returns None if nobody needs the
    mail any more. It is called at each attempt, and may change the database in its own transaction. `record` stores
    what became of the mail, in the transaction that ends the job.
    """

    job: JobKind[Payload]
    compose: Callable[[MailContext, Job[Payload]], Awaitable[Mail | None]]
    record: Record[Payload] = no_record


def without_links(text: str) -> str:
    """Return a line that a user wrote with its links broken by spaces, because the mail is Usher's."""
    return LINKING.sub(" ", one_line(text))
