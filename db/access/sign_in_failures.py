"""Failed sign-ins, and the wait that they cause.

An attempt is counted before the password is checked. Otherwise guesses in parallel would not count. Failures of an
e-mail address double a wait (`count_attempt`). Places, which many people may share, have a budget that is filled up
again slowly and steadily (`spend`).
"""

from collections.abc import Mapping
from types import NoneType
from typing import NamedTuple

from sqlalchemy import BindParameter, Double, Text, bindparam, delete, func, select, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.access import SignInFailure


class Budget(NamedTuple):
    """Attempts that are possible at once, and the seconds after which one more is possible."""

    attempts: int
    seconds: float


class Spent(NamedTuple):
    """The seconds to wait, 0 if the attempt is allowed; and the attempts of the budget that are spent then."""

    wait: int
    attempts: int


LOWER_EMAIL = Statement("lower_email", str, select(func.lower(bindparam("email", type_=Text()))))

# The failure number `free` causes a wait of 1 second. Each later failure doubles the wait, up to 15 minutes. After a
# day without a failure the count starts again at 1.
# If the wait is not over, the statement returns no row and changes nothing, so an early attempt does not prolong it.
# clock_timestamp(), not now(): now() is the start of the transaction. Of two transactions, the one that started first
# may get the row second; its now() would be before the `next_at` that the other one wrote, although no wait is due.
ATTEMPT = Statement(
    "count_attempt",
    bytes,
    text("""
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
"""),
)

WAIT = Statement(
    "wait",
    int,
    text("""
select greatest(1, ceil(extract(epoch from next_at - now())))::int from sign_in_failures where subject = :subject
"""),
)

# `next_at` says how much of a budget is spent: `period` before now if nothing is, and now if all is. Each attempt moves
# it by `step`. If it is in the future, the statement changes nothing and returns the wait.
STEP: BindParameter[float] = bindparam("step", type_=Double())
PERIOD: BindParameter[float] = bindparam("period", type_=Double())
SPEND = Statement(
    "spend_attempt",
    Spent,
    text("""
with spent as (
    insert into sign_in_failures as f (subject, failures, last_at, next_at)
    values (:subject, 1, now(), clock_timestamp() + (:step - :period) * interval '1 second')
    on conflict (subject) do update
    set failures = f.failures + 1, last_at = now(),
        next_at = greatest(f.next_at, clock_timestamp() - :period * interval '1 second') + :step * interval '1 second'
    where f.next_at <= clock_timestamp()
    returning next_at
)
select 0 as wait, round((extract(epoch from next_at - clock_timestamp()) + :period) / :step)::int as attempts
from spent
union all
select greatest(1, ceil(extract(epoch from next_at - clock_timestamp())))::int, 0
from sign_in_failures where subject = :subject and not exists (select from spent)
""").bindparams(STEP, PERIOD),
)

GIVE_BACK = Statement(
    "give_back_attempt",
    NoneType,
    text(
        "update sign_in_failures set next_at = next_at - :step * interval '1 second' where subject = :subject"
    ).bindparams(STEP),
)

FORGET = Statement(
    "forget_failures", NoneType, delete(SignInFailure).where(SignInFailure.subject == bindparam("subject"))
)


async def lower_email(connection: Connection, email: str) -> str:
    """An e-mail address in lower case, as the database computes it to find accounts.

    Two spellings belong to the same account if this function returns the same text for both.
    """
    [lower] = await LOWER_EMAIL.rows(connection, email=email)
    return lower


async def count_attempt(connection: Connection, limits: Mapping[bytes, int]) -> int:
    """Count an attempt as a failure of each subject. Returns the seconds to wait, or 0 if the attempt is allowed.

    `limits` maps each subject to its number of free failures. If the attempt is allowed, commit before the password is
    checked, and call `forget` if the password is right. If it is refused, do not commit: it may be counted for some of
    the subjects already.
    """
    for subject, free in sorted(limits.items()):
        if await ATTEMPT.row(connection, subject=subject, free=free) is None:
            [seconds] = await WAIT.rows(connection, subject=subject)
            return seconds
    return 0


async def forget(connection: Connection, subjects: list[bytes]) -> None:
    """Delete the failures of these subjects, after a successful sign-in."""
    # One by one, in the same order as `count_attempt` locks them, to avoid deadlocks between the two.
    for subject in sorted(subjects):
        await FORGET.run(connection, subject=subject)


async def spend(connection: Connection, subject: bytes, budget: Budget) -> Spent:
    """Spend one attempt of a subject's budget. If it has to wait, nothing is spent."""
    period = (budget.attempts - 1) * budget.seconds
    found = await SPEND.row(connection, subject=subject, step=budget.seconds, period=period)
    # The statement sees no row if another transaction spent the first attempts while this one waited for it.
    return found or Spent(1, 0)


async def give_back(connection: Connection, subject: bytes, budget: Budget) -> None:
    """Give one attempt back, because it did not fail."""
    await GIVE_BACK.run(connection, subject=subject, step=budget.seconds)
