"""Pauses between the mails that people can make Usher send to one e-mail address."""

from collections.abc import Sequence
from datetime import datetime, timedelta

from sqlalchemy import ARRAY, Interval, Text, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from domain.mails import MailPurpose

# clock_timestamp(), not now(): of two transactions, the one that started first may get the row second.
CLAIM = Statement(
    "claim_mail",
    datetime,
    text("""
insert into mail_pauses as p (subject, until)
values (
    sha256(convert_to(cast(:purpose as text) || ' ' || lower(cast(:email as text)), 'UTF8')), clock_timestamp() + :pause
)
on conflict (subject) do update set until = excluded.until
where p.until <= clock_timestamp()
returning until
""").bindparams(bindparam("pause", type_=Interval())),
)

UNTIL = Statement(
    "mail_pause",
    datetime,
    text("""
select until from mail_pauses
where subject = sha256(convert_to(cast(:purpose as text) || ' ' || lower(cast(:email as text)), 'UTF8'))
"""),
)

# Always in the same order, so that two transactions that book the same addresses cannot deadlock.
BOOK = Statement(
    "book_mails",
    int,
    text("""
with wanted as (
    select w.place, sha256(convert_to(cast(:purpose as text) || ' ' || lower(w.email), 'UTF8')) as subject
    from unnest(:emails) with ordinality as w (email, place)
), booked as (
    insert into mail_pauses as p (subject, until)
    select subject, clock_timestamp() + :pause from wanted order by subject
    on conflict (subject) do update
    set until = least(greatest(p.until, clock_timestamp()) + :pause, clock_timestamp() + :longest)
    returning subject, until
)
select greatest(0, ceil(extract(epoch from b.until - :pause - clock_timestamp())))::int as seconds
from wanted w join booked b on b.subject = w.subject
order by w.place
""").bindparams(
        bindparam("emails", type_=ARRAY(Text())),
        bindparam("pause", type_=Interval()),
        bindparam("longest", type_=Interval()),
    ),
)


async def claim(connection: Connection, purpose: MailPurpose, email: str, place: str = "") -> datetime | None:
    """Claim the next mail to an address now, and start its pause. Returns None, or until when the pause lasts.

    With a place, the pause is that of the mails which were asked for from there.
    The pause is started by the same statement that checks it, so of simultaneous requests one gets the mail.
    """
    values = {"purpose": f"{purpose.value} {place}" if place else purpose.value, "email": email}
    if await CLAIM.row(connection, **values, pause=purpose.pause) is not None:
        return None
    [until] = await UNTIL.rows(connection, **values)
    return until


async def book(connection: Connection, purpose: MailPurpose, emails: Sequence[str]) -> list[timedelta]:
    """Book the next free time for a mail to each of these addresses, which differ. Returns the delays, in order.

    The delay is 0 if the address is in no pause, and at most `purpose.longest_delay`: mails that are not sent in the
    end, because the invitation is revoked, must not keep others from the address for long.
    """
    longest = purpose.longest_delay + purpose.pause
    values = {"purpose": purpose.value, "emails": list(emails), "pause": purpose.pause, "longest": longest}
    return [timedelta(seconds=seconds) for seconds in await BOOK.rows(connection, **values)]
