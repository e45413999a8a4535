"""The mail that tells a person that their account was deleted."""

from db.queue.jobs import Job
from domain.mails import AccountDeletedMail
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.texts import TEXTS


async def compose(context: MailContext, job: Job[AccountDeletedMail]) -> Mail:
    """Write the mail. The account is gone, so the job has all that the mail needs."""
    texts, name = TEXTS[job.payload.language], without_links(job.payload.name)
    text = texts.account_deleted.format(name=name, address=context.address)
    return Mail(job.payload.to, name, texts.account_deleted_subject, text)
