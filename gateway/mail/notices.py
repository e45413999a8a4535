"""The mails that tell contract managers about contracts: one for each notice, or a digest of several."""

from datetime import UTC, date, datetime, time, timedelta
from textwrap import fill
from typing import NamedTuple

from db.core.connection import Connection
from db.notices import notice_mails, notices
from db.notices.notice_mails import ToldEvent
from db.queue.jobs import Job
from domain.languages import Language
from domain.mails import DigestMail, MailOutcome, NoticeMail
from domain.notices import NoticeKind
from gateway.mail import html_mails
from gateway.mail.contract_texts import CONTRACT_TEXTS, OFF, ON, EventName
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.texts import TEXTS

LINE_LENGTH = 100
BILLING_PAGE = "/teams/{team_id}/billing"


class Section(NamedTuple):
    """What a mail says about one event: a title, paragraphs, lines of a list, and the link with its line, if any."""

    title: str
    paragraphs: list[str]
    lines: list[str]
    more: str
    link: str | None


async def compose(context: MailContext, job: Job[NoticeMail]) -> Mail | None:
    """Write the mail. Return None if the person manages no contracts of the team any more, or if it is not true now."""
    async with context.database.snapshot() as connection:
        event = await notice_mails.of_notice(connection, job.payload.team_id, job.payload.notice_id)
    return write(context.address, [] if event is None else [event])


async def compose_digest(context: MailContext, job: Job[DigestMail]) -> Mail | None:
    """Write the mail with all notices of a digest that are still true. Return None if none is."""
    async with context.database.snapshot() as connection:
        events = await notice_mails.of_digest(connection, job.payload.user_id, job.payload.digest_id)
    return write(context.address, events)


async def record(connection: Connection, job: Job[NoticeMail], outcome: MailOutcome) -> None:
    """Store in the notice what became of its mail."""
    await notices.record_mail(connection, job.payload.team_id, job.payload.notice_id, outcome)


async def record_digest(connection: Connection, job: Job[DigestMail], outcome: MailOutcome) -> None:
    """Store in the notices of the digest what became of their mail."""
    await notices.record_digest(connection, job.payload.user_id, job.payload.digest_id, outcome)


def write(address: str, events: list[ToldEvent]) -> Mail | None:
    """Write a mail about the events that are still true, all of one person; None if there are none."""
    events = [event for event in events if event.valid]
    if not events:
        return None
    person = events[0]
    texts, name = CONTRACT_TEXTS[person.language], without_links(person.name)
    sections = [section(address, event) for event in events]
    greeting, footer = texts.greeting.format(name=name), texts.footer.format(address=address)
    subject, opening = sections[0].title, None
    if len(sections) > 1:
        subject, opening = texts.digest_subject.format(number=len(sections)), texts.digest
    paragraphs = [greeting, *([] if opening is None else [opening])]
    for one in sections:
        paragraphs += [*([] if opening is None else [f"— {one.title}"]), *map(_wrapped, one.paragraphs)]
        paragraphs += [*(["\n".join(one.lines)] if one.lines else []), *filter(None, [one.more])]
    text = "\n\n".join([*paragraphs, f"{_wrapped(footer)}\n"])
    shown = {"language": person.language.value, "subject": subject, "greeting": greeting, "opening": opening}
    return Mail(
        person.email, name, subject, text, html=html_mails.notice({**shown, "sections": sections, "footer": footer})
    )


def section(address: str, event: ToldEvent) -> Section:
    """What a mail says about an event. All names in it are harmless. The words of the vendor may have links."""
    texts = CONTRACT_TEXTS[event.language]
    words, filled = texts.events[_name(event)], _filled(event)
    lines = []
    for line in event.lines or []:
        amount = texts.amount(line["amount"], event.currency or "")
        product = without_links(line["product"])
        lines.append(texts.line.format(quantity=line["quantity"], product=product, amount=amount))
    if lines and event.tax:
        lines.append(texts.order_tax.format(amount=texts.amount(event.tax, event.currency or "")))
    if lines:
        lines.append(texts.order_total.format(amount=filled["total"]))
    paragraphs = list(filter(str.strip, words.text.format(**filled).split("\n\n")))
    title, about_contract = words.subject.format(**filled), event.kind is not NoticeKind.ANNOUNCEMENT
    link = address + BILLING_PAGE.format(team_id=event.team_id) if about_contract else None
    return Section(title, paragraphs, lines, "" if link is None else texts.more.format(link=link), link)


def _name(event: ToldEvent) -> EventName:
    if event.kind is NoticeKind.AUTO_RENEW_CHANGED:
        return event.kind, ON if event.auto_renew else OFF
    return event.kind, event.stage if event.kind is NoticeKind.EXPIRY else None


def _filled(event: ToldEvent) -> dict[str, str]:
    """The values of the names in braces; empty for those that the kind of event does not have."""
    language = event.language
    renews = None if event.ends_on is None else event.ends_on + timedelta(days=1)
    days = {"ends": event.ends_on, "renews": renews, "held": event.held_until, "due": event.due_on}
    numbers = {"contract": ("C", event.contract), "order": ("O", event.order), "invoice": ("INV", event.invoice)}
    total = None if event.total is None else CONTRACT_TEXTS[language].amount(event.total, event.currency or "")
    return {
        **{name: _day(language, day) for name, day in days.items()},
        **{name: f"{letters}-{number or 0:06d}" for name, (letters, number) in numbers.items()},
        "seats": str(event.seats),
        "below": str(event.below),
        "total": total or "",
        "team": without_links(event.team),
        "product": without_links(event.product or ""),
        "title": event.title or "",
        "words": event.words or "",
    }


def _wrapped(text: str) -> str:
    return fill(text, LINE_LENGTH, break_long_words=False, break_on_hyphens=False)


def _day(language: Language, day: date | None) -> str:
    return "" if day is None else TEXTS[language].date(datetime.combine(day, time(), UTC))
