"""Failed sign-ins: counted before the password is looked at, so that parallel guesses count too."""

from collections.abc import Mapping

from sqlalchemy import delete, func, select, text
from sqlalchemy.ext.asyncio import AsyncConnection

from db.tables.access import SignInFailure

# After `free` failures each further one doubles the wait, from 1 second to 15 minutes; a quiet day forgets them.
# A refused attempt (no row returned) changes nothing: waiting is not prolonged by asking.
# The clock, not now(): of two at once the one that began first may come second, and must not find itself too early.
ATTEMPT = text("""
insert into sign_in_failures as f (subject, failures, last_at, next_at)
values (:subject, 1, now(), now())
on conflict (subject) do update
set failures = case when f.last_at < now() - interval '1 day' then 1 else f.failures + 1 end,
    last_at = now(),
    next_at = now() + case
        when f.last_at < now() - interval '1 day' or f.failures + 1 < :free then interval '0'
        else least(interval '15 minutes', interval '1 second' * power(2, least(f.failures + 1 - :free, 20)))
    end
where f.next_at <= clock_timestamp()
returning subject
""")

WAIT = text("""
select greatest(1, ceil(extract(epoch from next_at - now())))::int from sign_in_failures where subject = :subject
""")


async def folded(connection: AsyncConnection, email: str) -> str:
    """An e-mail address as accounts are found by it: what is equal here is one account."""
    found: str = (await connection.execute(select(func.lower(email)))).scalar_one()
    return found


async def attempt(connection: AsyncConnection, limits: Mapping[bytes, int]) -> int:
    """Count an attempt against each subject, whose free failures are given; the seconds to wait, 0 to go ahead.

    Commit it before the password is checked: an attempt counts as a failure until `forget` says otherwise. Do not
    commit a refused one: it may be counted against some subjects already.
    """
    for subject, free in sorted(limits.items()):
        allowed = await connection.execute(ATTEMPT, {"subject": subject, "free": free})
        if allowed.one_or_none() is None:
            return int((await connection.execute(WAIT, {"subject": subject})).scalar_one())
    return 0


async def forget(connection: AsyncConnection, subjects: list[bytes]) -> None:
    """A sign-in went well: its subjects start anew."""
    # One by one in the order in which attempts lock them, so that the two never wait for each other.
    for subject in sorted(subjects):
        await connection.execute(delete(SignInFailure).where(SignInFailure.subject == subject))
