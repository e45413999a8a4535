"""Read the terms of subscriptions, and append the next one."""

from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import Date, Integer, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from domain.terms import Term


class TermRow(NamedTuple):
    """The `n`-th term of a subscription. The attributes are as in the table."""

    n: int
    starts_on: date
    ends_on: date
    anchor_on: date
    step: int
    months: int | None
    unit_price: int

    @property
    def term(self) -> Term:
        """The days of the term."""
        return Term(self.starts_on, self.ends_on, self.anchor_on, self.step, self.months)


UNFINISHED = Statement(
    "unfinished_terms",
    TermRow,
    text("""
select t.n, t.starts_on, t.ends_on, t.anchor_on, t.step, t.months, t.unit_price
from subscription_terms t join subscriptions p on p.team_id = t.team_id and p.id = t.subscription_id
where t.team_id = :team_id and t.subscription_id = :subscription_id and (t.ends_on >= :today or t.n = p.last_term)
order by t.n
"""),
)
APPEND = Statement(
    "append_term",
    NoneType,
    text("""
with renewed as (
    update subscriptions p set last_term = p.last_term + 1, ends_on = :ends_on, months = :months
    from subscription_terms t
    where p.team_id = :team_id and p.id = :subscription_id and p.last_term = cast(:n as int) - 1
      and t.team_id = p.team_id and t.subscription_id = p.id and t.n = p.last_term
    returning p.team_id, p.id, p.last_term, t.ends_on as previous_ends_on
)
insert into subscription_terms
    (team_id, subscription_id, n, starts_on, ends_on, previous_ends_on, anchor_on, step, months, unit_price)
select team_id, id, last_term, :starts_on, :ends_on, previous_ends_on, :anchor_on, :step, :months,
       cast(:unit_price as bigint)
from renewed
""").bindparams(
        *(bindparam(name, type_=Date()) for name in ("starts_on", "ends_on", "anchor_on")),
        *(bindparam(name, type_=Integer()) for name in ("step", "months")),
    ),
)


async def unfinished(connection: Connection, team_id: str, subscription_id: str, today: date) -> list[TermRow]:
    """The terms of a subscription that have not ended, in order; the last one also if it has."""
    return await UNFINISHED.rows(connection, team_id=team_id, subscription_id=subscription_id, today=today)


async def append(connection: Connection, team_id: str, subscription_id: str, added: TermRow) -> None:
    """Append the next term to a subscription, which must be locked; that is its last one then.

    The months of the term become those of the next. Raises DatabaseError if it leaves a gap or overlaps.
    """
    key = {"team_id": team_id, "subscription_id": subscription_id}
    await APPEND.run(connection, **key, **added._asdict())
