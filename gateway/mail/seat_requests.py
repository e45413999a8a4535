"""The mail that tells a person how their request for a seat was answered."""

from db.core.connection import Connection
from db.queue.jobs import Job
from db.seats import seat_requests
from db.seats.seat_requests import AnsweredRequest
from domain.mails import MailOutcome, RequestAnsweredMail
from domain.seat_requests import RequestState
from gateway.mail.message import Mail, MailContext, without_links
from gateway.mail.texts import TEXTS, Texts


async def compose(context: MailContext, job: Job[RequestAnsweredMail]) -> Mail | None:
    """Write the mail to the person who asked. Return None if they have left the team meanwhile."""
    async with context.database.snapshot() as connection:
        request = await seat_requests.answered_request(connection, job.payload.team_id, job.payload.request_id)
    if request is None:
        return None
    texts, granted = TEXTS[request.language], request.state is RequestState.GRANTED
    subject = texts.request_granted_subject if granted else texts.request_denied_subject
    subject, name = subject.format(product=without_links(request.product)), without_links(request.name)
    return Mail(to=request.email, name=name, subject=subject, text=_text(texts, request, name, granted=granted))


async def record(connection: Connection, job: Job[RequestAnsweredMail], outcome: MailOutcome) -> None:
    """Store in the request what became of its mail."""
    await seat_requests.record_mail(connection, job.payload.team_id, job.payload.request_id, outcome)


def _text(texts: Texts, request: AnsweredRequest, name: str, *, granted: bool) -> str:
    product, team = without_links(request.product), without_links(request.team)
    outcome = texts.request_waits if request.waits else texts.request_granted
    text = texts.request.format(
        name=name, product=product, team=team, outcome=outcome if granted else texts.request_denied
    )
    if request.answer is None:
        return text
    quoted = (f"> {without_links(line)}" for line in request.answer.splitlines())
    return text + "\n".join(("", texts.request_message, "", *quoted, ""))
