"""The mail that tells a person how their request for a seat was answered."""

from db.core.connection import Connection
from db.queue.jobs import Job
from db.seats import seat_requests
from db.seats.seat_requests import AnsweredRequest
from domain.mails import MailOutcome, RequestAnsweredMail
from domain.seat_requests import RequestState
from gateway.mail.message import Mail, MailContext, without_links


async def compose(context: MailContext, job: Job[RequestAnsweredMail]) -> Mail | None:
    """Write the mail to the person who asked. Return None if they have left the team meanwhile."""
    async with context.database.snapshot() as connection:
        request = await seat_requests.answered_request(connection, job.payload.team_id, job.payload.request_id)
    if request is None:
        return None
    granted = request.state is RequestState.GRANTED
    subject = f"Your request for {without_links(request.product)} was {'granted' if granted else 'denied'}"
    name = without_links(request.name)
    return Mail(to=request.email, name=name, subject=subject, text=_text(request, name, granted=granted))


async def record(connection: Connection, job: Job[RequestAnsweredMail], outcome: MailOutcome) -> None:
    """Store in the request what became of its mail."""
    await seat_requests.record_mail(connection, job.payload.team_id, job.payload.request_id, outcome)


def _text(request: AnsweredRequest, name: str, *, granted: bool) -> str:
    product, team = without_links(request.product), without_links(request.team)
    lines = [f"Hello {name},", "", f"you asked for a seat of {product} in {team}."]
    if not granted:
        lines.append("Your request was denied.")
    elif request.waits:
        lines.append("Your request was granted. No seat is free now, so you are on the waiting list.")
    else:
        lines.append("Your request was granted. You have a seat.")
    if request.answer is not None:
        quoted = (f"> {without_links(line)}" for line in request.answer.splitlines())
        lines += ["", "Message with the answer:", "", *quoted]
    return "\n".join((*lines, ""))
