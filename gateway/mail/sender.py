"""The types of mails that Usher sends, and how a queued mail is sent."""

import asyncio
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass
from email.headerregistry import Address
from typing import Any, Generic

import structlog

from db.core.connection import DatabaseError
from db.core.database import PoolTimeout
from db.queue import jobs
from db.queue.jobs import Job, Outcome, RetryLater
from domain.mails import (
    ACCOUNT_DELETED,
    ACCOUNT_NOTICE,
    DIGEST,
    EMAIL_CHANGE,
    INVITATION,
    MAX_REASON,
    NOTICE,
    PASSWORD_RESET,
    REQUEST_ANSWERED,
    SIGN_UP,
    TOKEN_ENDING,
    TRIAL,
    MailOutcome,
    MailState,
    TrialMail,
)
from gateway.mail import (
    account_deletions,
    account_notices,
    email_changes,
    invitations,
    notices,
    password_resets,
    seat_requests,
    sign_ups,
    token_notices,
)
from gateway.mail.message import Mail, MailContext, MailType, Payload, Record, no_record
from gateway.mail.outgoing import outgoing
from gateway.mail.smtp import MailRefused, Transport
from gateway.runtime import errors, metrics
from gateway.runtime.addresses import ascii_domain, one_line

# Long enough for the database to restart. The pool may be full of dead connections then.
NOTE_SECONDS = 8.0

log = structlog.get_logger()


async def trial(_: MailContext, job: Job[TrialMail]) -> Mail:
    """Write a mail that shows whether mails arrive."""
    text = "This mail was sent to test whether mails from Usher arrive. They do.\n"
    return Mail(to=job.payload.to, name="", subject="Usher sends mail", text=text)


MAIL_TYPES: tuple[MailType[Any], ...] = (
    MailType(TRIAL, trial),
    MailType(INVITATION, invitations.compose, invitations.record),
    MailType(SIGN_UP, sign_ups.compose),
    MailType(PASSWORD_RESET, password_resets.compose),
    MailType(EMAIL_CHANGE, email_changes.compose),
    MailType(ACCOUNT_NOTICE, account_notices.compose),
    MailType(ACCOUNT_DELETED, account_deletions.compose),
    MailType(REQUEST_ANSWERED, seat_requests.compose, seat_requests.record),
    MailType(TOKEN_ENDING, token_notices.compose),
    MailType(NOTICE, notices.compose, notices.record),
    MailType(DIGEST, notices.compose_digest, notices.record_digest),
)
JOB_OUTCOMES: dict[MailState, Outcome] = {
    MailState.SENT: "successful",
    MailState.REFUSED: "exception",
    MailState.DROPPED: "canceled",
}


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
            await self._end(job, MailOutcome(MailState.DROPPED))
            return
        try:
            answer = await self._hand_over(mail, job)
        except MailRefused as refusal:
            log.error("mail_refused", kind=job.kind, job=job.id, reason=str(refusal))  # noqa: TRY400 - no defect
            await self._end(job, MailOutcome(MailState.REFUSED, str(refusal)))
        else:
            await self._end(job, MailOutcome(MailState.SENT))
            if self.show is None:
                log.info("mail_sent", kind=job.kind, job=job.id, attempt=job.attempt, answer=answer)
            else:
                self.show(mail, answer)

    async def _hand_over(self, mail: Mail, job: Job[Payload]) -> str:
        """Give the mail to the transport, and return its answer. Raises MailRefused or RetryLater with a clean text."""
        try:
            return await self.transport.send(outgoing(mail, self.sender, job.id))
        except (MailRefused, ValueError) as refusal:
            raise MailRefused(clean_reason(str(refusal), mail.to)) from refusal
        except RetryLater as delay:
            reason = str(delay)
            if job.last:
                raise MailRefused(clean_reason(f"given up: {reason}", mail.to)) from delay
            reason = clean_reason(reason, mail.to)
            metrics.MAILS.labels("put_off").inc()
            log.warning("mail_put_off", kind=job.kind, job=job.id, attempt=job.attempt, reason=reason)
            raise RetryLater(reason) from delay

    async def _end(self, job: Job[Payload], outcome: MailOutcome) -> None:
        metrics.MAILS.labels(outcome.state.value).inc()
        try:
            await self._note(job, outcome, self.mail_type.record)
        except Exception:
            # The mail must not be sent again because its own record cannot be written.
            log.exception("job_failed", kind=job.kind, attempt=job.attempt)
            await self._note(job, outcome, no_record)

    async def _note(self, job: Job[Payload], outcome: MailOutcome, record: Record[Payload]) -> None:
        """Record the outcome of a job, with its audit row.

        Retry while the database is away, or else the mail would be sent again.
        """
        # Without the reason: a mail server may name an address in it, and not all who read the audit log may see that.
        about = {"mail": job.kind, "job": job.id, "outcome": outcome.state.value}
        end = asyncio.get_running_loop().time() + NOTE_SECONDS
        while True:
            try:
                async with self.context.change(job) as change:
                    await record(change.connection, job, outcome)
                    await jobs.finish(change.connection, job, JOB_OUTCOMES[outcome.state])
                    await change.record(job.payload.team_id, job.payload.about_id, {}, about)
            except (DatabaseError, PoolTimeout, OSError) as error:
                if not errors.is_database_away(error) or asyncio.get_running_loop().time() > end:
                    raise
                await asyncio.sleep(0.1)
            else:
                return


def clean_reason(text: str, address: str) -> str:
    """Return the words of a mail server as one line of at most `MAX_REASON` characters, without the address.

    Other servers wrote them: invisible characters, which may turn the direction of the text, are removed.
    """
    domain = address.rpartition("@")[2]
    forms = {address, address.removesuffix(domain) + _as_sent(domain)}
    for form in filter(None, forms):
        text = re.sub(re.escape(form), "…", text, flags=re.IGNORECASE)
    line = "".join(letter for letter in one_line(text) if unicodedata.category(letter) != "Cf")
    return line if len(line) <= MAX_REASON else f"{line[: MAX_REASON - 1]}…"


def _as_sent(domain: str) -> str:
    try:
        return ascii_domain(domain)
    except ValueError:
        return domain
