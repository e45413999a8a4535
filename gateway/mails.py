"""The mails Usher sends: what each kind says, and how a queued one is sent."""

import asyncio
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from functools import partial

import structlog
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.ext.asyncio import AsyncConnection

from db import audit, jobs
from db.engine import commit, transaction
from db.jobs import Job, Outcome, PutOff
from db.work import Handler
from domain.mails import MailKind
from gateway import errors, invitation_mails, metrics, request_mails
from gateway.mail import Desk, Kind, Mail, Note, message, nothing
from gateway.smtp import Refused, Transport

# Long enough for a database that starts anew; its pool may be full of dead connections then.
NOTE_SECONDS = 8.0

log = structlog.get_logger()


async def trial(_: Desk, job: Job) -> Mail:
    """A mail to see whether mails arrive. Its job: `to`, the address."""
    text = "This mail was sent to see whether the mails of Usher arrive. They do.\n"
    return Mail(to=job.payload["to"], name="", subject="Usher sends mail", text=text)


KINDS: Mapping[MailKind, Kind] = {
    MailKind.TRIAL: Kind(trial),
    MailKind.INVITATION: Kind(invitation_mails.invited, invitation_mails.sent),
    MailKind.REQUEST_ANSWERED: Kind(request_mails.answered),
}


@dataclass(frozen=True)
class Post:
    """Sends what is queued, over one way."""

    desk: Desk
    sender: Address
    transport: Transport
    shown: Callable[[Mail, str], None] | None = None

    @property
    def handlers(self) -> dict[str, Handler]:
        """What to do with the jobs of each kind."""
        return {name: partial(self._deliver, kind) for name, kind in KINDS.items()}

    async def _deliver(self, kind: Kind, job: Job) -> None:
        mail = await kind.compose(self.desk, job)
        if mail is None:
            metrics.MAILS.labels("dropped").inc()
            await self._note(job, "canceled")
            return
        try:
            answer = await self._handed_over(mail, job)
        except Refused as refusal:
            await self._refused(job, str(refusal))
        else:
            await self._sent(kind, job)
            log.info("mail_sent", kind=job.kind, job=job.id, attempt=job.attempt, answer=answer)
            if self.shown is not None:
                self.shown(mail, answer)

    async def _handed_over(self, mail: Mail, job: Job) -> str:
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

    async def _sent(self, kind: Kind, job: Job) -> None:
        metrics.MAILS.labels("sent").inc()
        try:
            await self._note(job, "successful", kind.sent)
        except Exception:
            # The mail is out: whatever is wrong with our note of it, it must not go out again.
            log.exception("job_failed", kind=job.kind, attempt=job.attempt)
            await self._note(job, "successful")

    async def _refused(self, job: Job, reason: str) -> None:
        metrics.MAILS.labels("refused").inc()
        log.error("mail_refused", kind=job.kind, job=job.id, reason=reason)
        await self._note(job, "exception", partial(_tell, reason))

    async def _note(self, job: Job, outcome: Outcome, also: Note = nothing) -> None:
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


async def _tell(reason: str, connection: AsyncConnection, job: Job) -> None:
    told = {"mail": job.kind, "job": job.id, "reason": reason}
    await audit.tell(connection, job.payload.get("team_id"), "mail:refused", told)
