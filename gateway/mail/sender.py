"""The mails Usher sends: what each kind says, and how a queued one is sent."""

import asyncio
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from functools import partial
from typing import Any, Generic

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from db.audit import audit_log
from db.core.engine import commit, transaction
from db.queue import jobs
from db.queue.jobs import Job, Outcome, PutOff
from domain.mails import INVITATION, REQUEST_ANSWERED, TRIAL, TrialMail
from gateway.mail import invitations, seat_requests
from gateway.mail.message import Desk, Kind, Mail, MailPayload, Note, Payload, message, nothing
from gateway.mail.smtp import Refused, Transport
from gateway.runtime import errors, metrics

# Long enough for a database that starts anew; its pool may be full of dead connections then.
NOTE_SECONDS = 8.0

log = structlog.get_logger()


async def trial(_: Desk, job: Job[TrialMail]) -> Mail:
    """A mail to see whether mails arrive."""
    text = "This mail was sent to see whether the mails of Usher arrive. They do.\n"
    return Mail(to=job.payload.to, name="", subject="Usher sends mail", text=text)


KINDS: tuple[Kind[Any], ...] = (
    Kind(TRIAL, trial),
    Kind(INVITATION, invitations.invited, invitations.sent),
    Kind(REQUEST_ANSWERED, seat_requests.answered),
)


@dataclass(frozen=True)
class Post(Generic[Payload]):
    """Sends the mails of one kind, over a way of their own: a mail server that hangs in one holds up no other kind."""

    kind: Kind[Payload]
    desk: Desk
    sender: Address
    transport: Transport
    shown: Callable[[Mail, str], None] | None = None

    async def deliver(self, job: Job[Payload]) -> None:
        """Send the mail of a job, and write down how that ended. Raises PutOff if it has to wait."""
        mail = await self.kind.compose(self.desk, job)
        if mail is None:
            metrics.MAILS.labels("dropped").inc()
            await self._note(job, "canceled")
            return
        try:
            answer = await self._handed_over(mail, job)
        except Refused as refusal:
            await self._refused(job, str(refusal))
        else:
            await self._sent(job)
            log.info("mail_sent", kind=job.kind, job=job.id, attempt=job.attempt, answer=answer)
            if self.shown is not None:
                self.shown(mail, answer)

    async def _handed_over(self, mail: Mail, job: Job[Payload]) -> str:
        """What the other side answered. Raises Refused or PutOff."""
        try:
            return await self.transport.send(message(mail, self.sender, job.id))
        except (Refused, ValueError) as refusal:
            # Why is worth writing down, the address is not.
            raise Refused(str(refusal).replace(mail.to, "…")) from refusal
        except PutOff as hindrance:
            reason = str(hindrance).replace(mail.to, "…")
            if job.last:
                raise Refused(f"given up: {reason}") from hindrance
            metrics.MAILS.labels("put_off").inc()
            log.warning("mail_put_off", kind=job.kind, job=job.id, attempt=job.attempt, reason=reason)
            raise PutOff(reason) from hindrance

    async def _sent(self, job: Job[Payload]) -> None:
        metrics.MAILS.labels("sent").inc()
        try:
            await self._note(job, "successful", self.kind.sent)
        except Exception:
            # The mail is out: whatever is wrong with our note of it, it must not go out again.
            log.exception("job_failed", kind=job.kind, attempt=job.attempt)
            await self._note(job, "successful")

    async def _refused(self, job: Job[Payload], reason: str) -> None:
        metrics.MAILS.labels("refused").inc()
        log.error("mail_refused", kind=job.kind, job=job.id, reason=reason)
        await self._note(job, "exception", partial(_tell, reason))

    async def _note(self, job: Job[Payload], outcome: Outcome, also: Note[Payload] = nothing) -> None:
        """Write down how a job ended, and again until it stands: else its mail would go out once more."""
        end = asyncio.get_running_loop().time() + NOTE_SECONDS
        while True:
            try:
                async with transaction(self.desk.engine) as connection:
                    await also(connection, job)
                    await jobs.finish(connection, job, outcome)
                    await commit(connection)
            except (SQLAlchemyError, OSError) as error:
                if not errors.away(error) or asyncio.get_running_loop().time() > end:
                    raise
                await asyncio.sleep(0.1)
            else:
                return


async def _tell(reason: str, connection: AsyncConnection, job: Job[MailPayload]) -> None:
    told = {"mail": job.kind, "job": job.id, "reason": reason}
    await audit_log.tell(connection, job.payload.team_id, "mail:refused", told)
