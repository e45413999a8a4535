"""The mail that tells somebody what became of their request for a seat."""

from db.core.engine import snapshot
from db.queue.jobs import Job
from db.seats import seat_requests
from db.seats.seat_requests import Answered
from domain.mails import RequestAnsweredMail
from domain.seat_requests import RequestState
from gateway.mail.message import Desk, Mail


async def answered(desk: Desk, job: Job[RequestAnsweredMail]) -> Mail | None:
    """Tell the asker; nobody, when they have left the team meanwhile."""
    async with snapshot(desk.engine) as connection:
        told = await seat_requests.answered(connection, job.payload.team_id, job.payload.request_id)
    if told is None:
        return None
    granted = told.state is RequestState.GRANTED
    subject = f"Your request for {told.product} was {'granted' if granted else 'denied'}"
    return Mail(to=told.email, name=told.name, subject=subject, text=_text(told, granted=granted))


def _text(told: Answered, *, granted: bool) -> str:
    lines = [f"Hello {told.name},", "", f"you asked for a seat of {told.product} in {told.team}."]
    if not granted:
        lines.append("It was denied.")
    elif told.waits:
        lines.append("It was granted. No seat is left at the moment: you wait for one, and get it in your turn.")
    else:
        lines.append("It was granted: you have a seat.")
    if told.answer is not None:
        lines += ["", "This was said with it:", "", *(f"> {line}" for line in told.answer.splitlines())]
    return "\n".join((*lines, ""))
