"""What the mails of notices say, as it is when they are written."""

from datetime import date
from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from db.tables.types import Json
from domain.languages import Language
from domain.notices import NoticeKind


class ToldEvent(NamedTuple):
    """A notice with its recipient and what its mail says. What has nothing to do with its kind is None.

    `ends_on` is the last day of the term, and holders keep their seats until `held_until`. `seats` is their number in
    the next term for a renewal. `lines` are those of the order: product, quantity, and amount in minor units. `total`
    is that of the order with its `tax`, or what is still owed. `title` and `words` are those of an announcement. Of a
    pool, `seats` are the free ones, and there should be `below` at least. `valid`: the notice is still true; a renewed
    term ends no more.
    """

    email: str
    name: str
    language: Language
    team_id: str
    team: str
    kind: NoticeKind
    stage: str | None
    contract: int | None
    product: str | None
    seats: int | None
    below: int | None
    auto_renew: bool | None
    ends_on: date | None
    held_until: date | None
    order: int | None
    lines: list[Json] | None
    invoice: int | None
    due_on: date | None
    total: int | None
    tax: int | None
    currency: str | None
    title: str | None
    words: str | None
    valid: bool


# A person who is no contract manager any more is told nothing.
TOLD = """
select u.email, trim(concat(u.first_name, ' ', u.last_name)) as name, u.language, n.team_id, t.name as team,
       n.kind, n.data ->> 'stage' as stage, c.number as contract, p.name as product,
       case n.kind when 'renewal' then coalesce(planned.seats, bought.seats)
                   when 'last_seats' then pool.free else bought.seats end as seats,
       t.last_seats_below as below,
       s.auto_renew, term.ends_on, term.ends_on + s.grace_days as held_until, o.number as "order", ordered.lines,
       i.number as invoice, i.due_on,
       case when n.kind in ('payment_overdue', 'payment_failed') then i.total - i.paid - i.credited
            else coalesce(ordered_i.total, ordered.total) end as total,
       ordered_i.tax, c.currency, a.subject as title, a.text as words,
       case n.kind when 'renewal' then s.auto_renew and s.last_term = term.n
                   when 'expiry' then not s.auto_renew and s.last_term = term.n
                   when 'payment_overdue' then i.paid + i.credited < i.total
                   when 'payment_failed' then i.paid + i.credited < i.total
                   when 'last_seats' then coalesce(pool.free < t.last_seats_below, false)
                   else true end as valid
from notices n
join users u on u.id = n.user_id
join teams t on t.id = n.team_id
join memberships m on m.team_id = n.team_id and m.user_id = n.user_id and m.role = 'contract_manager'
     and m.accepted_at is not null
left join subscriptions s on s.id = n.data ->> 'subscriptionId'
left join products p on p.id = coalesce(s.product_id, n.data ->> 'productId')
left join subscription_terms term on term.team_id = s.team_id and term.subscription_id = s.id
     and term.n = cast(n.data ->> 'term' as int)
left join orders o on o.team_id = n.team_id and o.id = n.data ->> 'orderId'
left join invoices ordered_i on ordered_i.order_id = o.id
left join invoices i on i.team_id = n.team_id and i.id = n.data ->> 'invoiceId'
left join contracts c on c.team_id = n.team_id and c.id = coalesce(s.contract_id, o.contract_id, i.contract_id)
left join scheduled_changes planned on planned.team_id = s.team_id and planned.subscription_id = s.id
     and planned.state = 'pending'
left join announcements a on a.id = n.data ->> 'announcementId'
left join lateral (
    select cast(sum(delta) as int) as seats from seat_changes
    where team_id = s.team_id and subscription_id = s.id
) bought on true
left join lateral (
    select cast(count(*) as int) as free from seats f
    join subscriptions fs on fs.team_id = f.team_id and fs.id = f.subscription_id
    where f.team_id = n.team_id and f.product_id = n.data ->> 'productId' and f.holder_id is null
      and f.retired_at is null and current_date between fs.starts_on and fs.ends_on
) pool on true
left join lateral (
    select cast(sum(l.amount) as bigint) as total,
           jsonb_agg(jsonb_build_object('product', lp.name, 'quantity', l.quantity, 'amount', l.amount)
                     order by l.n) as lines
    from order_lines l
    join subscriptions ls on ls.team_id = l.subscription_team_id and ls.id = l.subscription_id
    join products lp on lp.id = ls.product_id
    where l.team_id = o.team_id and l.order_id = o.id
) ordered on true
"""
OF_NOTICE = Statement("told_event", ToldEvent, text(f"{TOLD} where n.team_id = :team_id and n.id = :id"))
OF_DIGEST = Statement(
    "told_events",
    ToldEvent,
    text(f"{TOLD} where n.user_id = :user_id and n.digest_id = :digest_id order by n.created_at, n.id"),
)


async def of_notice(connection: Connection, team_id: str, id_: str) -> ToldEvent | None:
    """What the mail of a notice says; None if its recipient is no contract manager of the team any more."""
    return await OF_NOTICE.row(connection, team_id=team_id, id=id_)


async def of_digest(connection: Connection, user_id: str, digest_id: str) -> list[ToldEvent]:
    """What the mail of a digest says, the oldest first, without teams in which the person manages no contracts."""
    return await OF_DIGEST.rows(connection, user_id=user_id, digest_id=digest_id)
