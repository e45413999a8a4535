"""Finds the subscriptions that renew themselves, and appends their next terms."""

from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from domain.terms import Term


class DueSubscription(NamedTuple):
    """A subscription for which the calendar has something to do."""

    team_id: str
    id: str


class LastTerm(NamedTuple):
    """The last term (`n`) of a subscription that renews itself, and what its next term needs.

    `term_months` and `months` are the lengths of the last and of the next term. `unit_price` is that of the last term.
    `seats` is the number of seats on the first day of the next one.
    """

    product_id: str
    contract_id: str
    n: int
    starts_on: date
    ends_on: date
    anchor_on: date
    step: int
    term_months: int | None
    months: int
    unit_price: int
    seats: int

    @property
    def term(self) -> Term:
        """The days of the last term."""
        return Term(self.starts_on, self.ends_on, self.anchor_on, self.step, self.term_months)


TODAY = Statement("today", date, text("select current_date as today"))
DUE = Statement(
    "due_renewals",
    DueSubscription,
    text("select p.team_id, p.id from subscriptions p where p.auto_renew and p.ends_on <= :today"),
)
LOCK = Statement(
    "lock_subscription",
    NoneType,
    text("select from subscriptions where team_id = :team_id and id = :id for no key update"),
)
LAST = Statement(
    "last_term",
    LastTerm,
    text("""
select p.product_id, p.contract_id, t.n, t.starts_on, t.ends_on, t.anchor_on, t.step, t.months as term_months,
       p.months, t.unit_price,
       coalesce(
           (select c.seats from scheduled_changes c
            where c.team_id = p.team_id and c.subscription_id = p.id and c.state = 'pending'
              and c.effective_on <= p.ends_on + 1),
           (select sum(c.delta) from seat_changes c where c.team_id = p.team_id and c.subscription_id = p.id),
           0
       ) as seats
from subscriptions p
join subscription_terms t on t.team_id = p.team_id and t.subscription_id = p.id and t.n = p.last_term
where p.team_id = :team_id and p.id = :id and p.auto_renew and p.ends_on <= :today
"""),
)
APPEND = Statement(
    "append_term",
    int,
    text("""
with renewed as (
    update subscriptions set last_term = last_term + 1, ends_on = :ends_on, version = version + 1
    where team_id = :team_id and id = :id and last_term = :seen
    returning team_id, id, last_term
)
insert into subscription_terms
    (team_id, subscription_id, n, starts_on, ends_on, previous_ends_on, anchor_on, step, months, unit_price)
select team_id, id, last_term, cast(:starts_on as date), cast(:ends_on as date), cast(:starts_on as date) - 1,
       cast(:anchor_on as date), cast(:step as int), cast(:months as int), cast(:unit_price as bigint)
from renewed
returning n
"""),
)


async def today(connection: Connection) -> date:
    """The day (UTC) by the clock of the database."""
    [day] = await TODAY.rows(connection)
    return day


async def due(connection: Connection, today: date) -> list[DueSubscription]:
    """The subscriptions that renew themselves and whose last day is this one or has passed, in the order of their ids.

    So the next term exists before its first day.
    """
    return sorted(await DUE.rows(connection, today=today))


async def lock(connection: Connection, team_id: str, id_: str) -> None:
    """Keep other transactions from amending or renewing a subscription until this one ends."""
    await LOCK.run(connection, team_id=team_id, id=id_)


async def last(connection: Connection, due: DueSubscription, today: date) -> LastTerm | None:
    """The last term of a subscription that is due; None if it is not due any more. It must be locked."""
    return await LAST.row(connection, **due._asdict(), today=today)


async def append(connection: Connection, due: DueSubscription, seen: int, term: Term, unit_price: int) -> int | None:
    """Append a term after the `seen`-th one, which must be the last one. Returns its number.

    Returns None if there is another last term; then nothing has changed.
    """
    return await APPEND.row(connection, **due._asdict(), **term._asdict(), seen=seen, unit_price=unit_price)
