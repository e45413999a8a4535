"""The types of mails that Usher sends, and how a queued mail is sent."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any, Generic

import structlog

from db.core.connection import DatabaseError
from db.core.database import PoolTimeout
from db.queue import jobs
from db.queue.jobs import Job, Outcome, RetryLater
from domain.mails import INVITATION, REQUEST_ANSWERED, SIGN_UP, TRIAL, TrialMail
from gateway.mail import invitations, seat_requests, sign_ups
from gateway.mail.message import Mail, MailContext, MailType, Note, Payload, no_note
from gateway.mail.outgoing import outgoing
from gateway.mail.smtp import MailRefused, Transport
from gateway.runtime import errors, metrics

# Long enough for the database to restart. The pool may be full of dead connections then.
NOTE_SECONDS = 8.0

log = structlog.get_logger()


async def trial(_: MailContext, job: Job[TrialMail]) -> Mail:
    """Write a mail that shows whether mails arrive."""
    text = "This mail was sent to test whether mails from Usher arrive. They do.\n"
    return Mail(to=job.payload.to, name="", subject="Usher sends mail", text=text)


MAIL_TYPES: tuple[MailType[Any], ...] = (
    MailType(TRIAL, trial),
    MailType(INVITATION, invitations.compose, invitations.mark_sent),
    MailType(SIGN_UP, sign_ups.compose),
    MailType(REQUEST_ANSWERED, seat_requests.compose),
)


@dataclass(frozen=True)
class MailSender(Generic[Payload]):
    """Sends the mails of one type. It has its own transport: a mail server that hangs delays no other type."""

    mail_type: MailType[Payload]
    context: MailContext
    sender: Address
    transport: Transport
    show: Callable[[Mail, str], None] | None = None

    async def deliver(self, job: Job[Payload]) -> None:
        """Send the mail of a job, and record the outcome. Raises RetryLater if the mail has to be tried again."""
        self.context.require(job)
        mail = await self.mail_type.compose(self.context, job)
        if mail is None:
            metrics.MAILS.labels("dropped").inc()
            await self._note(job, "canceled", {"outcome": "dropped"})
            return
        try:
            answer = await self._hand_over(mail, job)
        except MailRefused as refusal:
            await self._refused(job, str(refusal))
        else:
            await self._sent(job)
            log.info("mail_sent", kind=job.kind, job=job.id, attempt=job.attempt, answer=answer)
            if self.show is not None:
                self.show(mail, answer)

    async def _hand_over(self, mail: Mail, job: Job[Payload]) -> str:
        """Give the mail to the transport, and return its answer. Raises MailRefused or RetryLater."""
        try:
            return await self.transport.send(outgoing(mail, self.sender, job.id))
        except (MailRefused, ValueError) as refusal:
            # The reason is recorded, but the address is removed from it.
            raise MailRefused(str(refusal).replace(mail.to, "…")) from refusal
        except RetryLater as delay:
            reason = str(delay).replace(mail.to, "…")
            if job.last:
                raise MailRefused(f"given up: {reason}") from delay
            metrics.MAILS.labels("put_off").inc()
            log.warning("mail_put_off", kind=job.kind, job=job.id, attempt=job.attempt, reason=reason)
            raise RetryLater(reason) from delay

    async def _sent(self, job: Job[Payload]) -> None:
        metrics.MAILS.labels("sent").inc()
        try:
            await self._note(job, "successful", {"outcome": "sent"}, self.mail_type.sent)
        except Exception:
            # The mail was sent. It must not be sent again because its own record cannot be written.
            log.exception("job_failed", kind=job.kind, attempt=job.attempt)
            await self._note(job, "successful", {"outcome": "sent"})

    async def _refused(self, job: Job[Payload], reason: str) -> None:
        metrics.MAILS.labels("refused").inc()
        log.error("mail_refused", kind=job.kind, job=job.id, reason=reason)
        await self._note(job, "exception", {"outcome": "refused", "reason": reason})

    async def _note(
        self, job: Job[Payload], outcome: Outcome, after: dict[str, str], also: Note[Payload] = no_note
    ) -> None:
        """Record the outcome of a job, with its audit row.

        Retry while the database is away, or else the mail would be sent again.
        """
        end = asyncio.get_running_loop().time() + NOTE_SECONDS
        while True:
            try:
                async with self.context.change(job) as change:
                    await also(change.connection, job)
                    await jobs.finish(change.connection, job, outcome)
                    about = {"mail": job.kind, "job": job.id, **after}
                    await change.record(job.payload.team_id, job.payload.about_id, {}, about)
            except (DatabaseError, PoolTimeout, OSError) as error:
                if not errors.is_database_away(error) or asyncio.get_running_loop().time() > end:
                    raise
                await asyncio.sleep(0.1)
            else:
                return
