"""What contract managers are to be told because a day has come: renewals, ends, and unpaid invoices.

Each statement looks at the present state and at what was told already. So a late run tells only what is nearest, and
nothing of a term that was renewed, because only the last term of a subscription counts.
"""

from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from db.contracts import low_pools
from db.core.connection import Connection
from db.core.statements import Statement
from db.notices.notices import NewNotice
from db.tables.types import Json
from domain.notices import ENDED, LAST_CHANCE, LAST_CHANCE_DAYS, LATE_DAYS, REMINDER_DAYS, STAGES, NoticeKind


class DueNotice(NamedTuple):
    """An event to tell about, as `NewNotice`."""

    team_id: str
    contract_id: str
    kind: NoticeKind
    event_key: str
    data: Json


# A notice comes only if the term was longer than the time before its end: nobody is told on the first day. A
# subscription that is to be renewed and has ended is renewed by the calendar, which is late.
_TERMS = f"""
select team_id, contract_id, kind, kind || ':' || id || ':' || term || ':' || stage as event_key,
       jsonb_build_object('subscriptionId', id, 'term', term, 'stage', stage) as data
from (
    select c.team_id, c.id as contract_id, s.id, s.last_term as term,
           case when s.auto_renew then 'renewal' else 'expiry' end as kind,
           case
               when cast(:today as date) <= s.ends_on then (
                   select cast(min(days) as text) from unnest(cast('{{{", ".join(STAGES)}}}' as int[])) days
                   where days >= s.ends_on - cast(:today as date) and t.starts_on < s.ends_on - days
               )
               when s.auto_renew then null
               when cast(:today as date) between greatest(s.held_until - {LAST_CHANCE_DAYS}, s.ends_on + 2)
                    and s.held_until then '{LAST_CHANCE}'
               when cast(:today as date) <= s.ends_on + {LATE_DAYS} then '{ENDED}'
           end as stage
    from subscriptions s
    join contracts c on c.id = s.contract_id
    join subscription_terms t on t.team_id = s.team_id and t.subscription_id = s.id and t.n = s.last_term
    where s.ends_on <= cast(:today as date) + {max(map(int, STAGES))}
      and s.ends_on >= cast(:today as date) - {LATE_DAYS} - s.grace_days
) ending
where stage is not null and not exists (
    select from notices n where n.event_key = kind || ':' || id || ':' || term || ':' || stage
)
"""  # noqa: S608 - constants
# A reminder is named by the days of the one before, so that two workers make the same one.
_INVOICES = f"""
select i.team_id, i.contract_id, '{NoticeKind.PAYMENT_OVERDUE}' as kind,
       '{NoticeKind.PAYMENT_OVERDUE}:' || i.id || ':' || coalesce(told.days, 0) as event_key,
       jsonb_build_object('invoiceId', i.id, 'daysOverdue', cast(:today as date) - i.due_on) as data
from invoices i
left join lateral (
    select max(cast(n.data ->> 'daysOverdue' as int)) as days from notices n
    where n.event_key > '{NoticeKind.PAYMENT_OVERDUE}:' || i.id || ':'
      and n.event_key < '{NoticeKind.PAYMENT_OVERDUE}:' || i.id || ';'
) told on true
where i.paid + i.credited < i.total and i.due_on < cast(:today as date)
  and (told.days is null or cast(:today as date) - i.due_on >= told.days + {REMINDER_DAYS})
"""  # noqa: S608 - constants
DUE_SQL = f"select * from ({_TERMS} union all {_INVOICES}) due"  # noqa: S608 - constants
DUE_TEAMS = Statement(
    "teams_with_due_announcements",
    str,
    text(f"""
select team_id from ({DUE_SQL}) found
union select team_id from ({low_pools.CHANGED_SQL}) fallen
order by team_id
"""),  # noqa: S608 - constants
)
DUE = Statement("due_announcements", DueNotice, text(f"{DUE_SQL} where team_id = :team_id"))


async def due_teams(connection: Connection, today: date) -> list[str]:
    """The teams to which something is to be told on this day (UTC), or whose pools have enough seats again, by id."""
    return await DUE_TEAMS.rows(connection, today=today)


async def due(connection: Connection, team_id: str, today: date) -> list[NewNotice]:
    """What is to be told about the contracts of a home team on this day (UTC)."""
    return [NewNotice(*one) for one in await DUE.rows(connection, team_id=team_id, today=today)]
