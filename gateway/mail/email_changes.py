"""The mails about the change of an e-mail address: to the new address, and to the old one."""

from db.access import account_moves, email_changes
from db.access.email_changes import UNDO_DAYS
from db.queue.jobs import Job
from domain.credentials import CredentialKind, issue
from domain.mails import EmailChangeMail
from domain.text import full_name
from gateway.mail.account_texts import ACCOUNT_TEXTS
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.texts import TEXTS

PAGE = "/email"
UNDO_PAGE = "/undo"


async def compose(context: MailContext, job: Job[EmailChangeMail]) -> Mail | None:
    """Write a mail about a change. Return None if the change has ended, or was not confirmed in time.

    Each attempt creates a new link, so that the queue holds no secret.
    """
    parts = {EmailChangeMail.CONFIRM: _to_new, EmailChangeMail.UNDONE: _to_new_again, EmailChangeMail.MOVED: _to_moved}
    return await parts.get(job.payload.part, _to_old)(context, job)


async def _to_new(context: MailContext, job: Job[EmailChangeMail]) -> Mail | None:
    """The mail to the new address. It names nobody, because the address may be a stranger's."""
    token, credential = issue(CredentialKind.EMAIL_CHANGE)
    async with context.change(job) as change:
        letter = await email_changes.store_token(change.connection, job.payload.change_id, credential.token_hash)
        if letter is not None and not letter.is_taken:
            await change.record(None, job.payload.about_id, {}, {"mail": job.kind, "outcome": "new link"})
    if letter is None:
        return None
    texts = ACCOUNT_TEXTS[letter.language]
    if letter.is_taken:
        return Mail(letter.new_email, "", texts.taken_subject, texts.taken.format(address=context.address))
    link = f"{context.address}{PAGE}#{token}"
    until, time = TEXTS[letter.language].date(letter.expires_at), f"{letter.expires_at:%H:%M}"
    text = texts.confirm.format(address=context.address, link=link, until=until, time=time)
    return Mail(letter.new_email, "", texts.confirm_subject, text, link)


async def _to_old(context: MailContext, job: Job[EmailChangeMail]) -> Mail | None:
    """The mail to the old address. It does not show the new one: others may read the old mailbox by now."""
    token, credential = issue(CredentialKind.EMAIL_UNDO)
    async with context.change(job) as change:
        letter = await email_changes.store_undo_token(change.connection, job.payload.change_id, credential.token_hash)
        if letter is not None and not letter.is_back:
            await change.record(None, job.payload.about_id, {}, {"mail": job.kind, "outcome": "new link"})
    if letter is None:
        return None
    texts, link = ACCOUNT_TEXTS[letter.language], f"{context.address}{UNDO_PAGE}#{token}"
    happened, subject = texts.planned, texts.planned_subject
    if letter.is_changed:
        happened, subject = texts.changed, texts.changed_subject
    told = happened.format(name=without_links(letter.first_name), address=context.address)
    name = without_links(full_name(letter.first_name, letter.last_name))
    if letter.is_back:
        return Mail(letter.old_email, name, subject, told + texts.back)
    return Mail(letter.old_email, name, subject, told + texts.undo.format(link=link, days=UNDO_DAYS), link)


async def _to_new_again(context: MailContext, job: Job[EmailChangeMail]) -> Mail | None:
    """The mail to the new address of a change that was undone. The person may use only this address by now."""
    async with context.database.snapshot() as connection:
        undone = await email_changes.undone_email(connection, job.payload.change_id)
    if undone is None:
        return None
    texts = ACCOUNT_TEXTS[undone.language]
    return Mail(undone.new_email, "", texts.undone_subject, texts.undone.format(address=context.address))


async def _to_moved(context: MailContext, job: Job[EmailChangeMail]) -> Mail | None:
    """The mail to the old address if the operator changed it. Somebody else may read it, so it has no link."""
    async with context.database.snapshot() as connection:
        moved = await account_moves.moved_email(connection, job.payload.change_id)
    if moved is None:
        return None
    texts, name = ACCOUNT_TEXTS[moved.language], without_links(moved.first_name)
    text = texts.changed.format(name=name, address=context.address) + texts.moved
    return Mail(moved.old_email, name, texts.changed_subject, text)
