"""Contracts with contract managers, for the tests of notices."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import text

from db.core import ids
from db.notices import notices
from db.notices.notices import NewNotice, QueuedNotice
from domain.notices import Delivery, NoticeKind
from domain.roles import Role
from tests.support.database import committed, fetch_rows
from tests.support.world import Account, World

PREFER = """
insert into notice_preferences (team_id, user_id, kind, delivery) values ($1, $2, $3, $4)
on conflict (team_id, user_id, kind) do update set delivery = excluded.delivery
"""
ORDER = """
insert into orders (team_id, id, contract_id, currency, kind, ordered_on, ordered_by)
values (:team, :order, :contract, 'EUR', 'purchase', current_date, 'user_x')
"""
LINE = """
insert into order_lines
    (team_id, order_id, n, kind, subscription_team_id, subscription_id, term_n, quantity, unit_price, starts_on,
     ends_on, term_days, amount, tax)
select :team, :order, 1, 'purchase', t.team_id, t.subscription_id, t.n, 3, 29900, t.starts_on, t.ends_on,
       t.ends_on - t.starts_on + 1, 89700, 0
from subscription_terms t where t.subscription_id = :sub and t.n = 1
"""
INVOICE = """
insert into invoices (team_id, id, number, order_id, contract_id, currency, issued_on, due_on, customer, tax_rate,
                      subtotal, tax, total)
values (:team, :invoice, (select coalesce(max(number), 0) + 1 from invoices), :order, :contract, 'EUR',
        cast(:due as date) - 30, :due, '{}', 0, 89700, 0, 89700)
"""


ROW = """
insert into notices (team_id, id, user_id, kind, event_key, data, delivery)
values ($1, $2, $3, 'renewal', $2, '{"subscriptionId": "sub_x", "term": 1, "stage": "30"}', 'at_once')
"""


async def row(world: World, team: str, user_id: str) -> str:
    """Make a notice that a person was told of, without a contract. Returns its id."""
    id_ = ids.new("notice")
    await fetch_rows(world.database, ROW, team, id_, user_id)
    return id_


@dataclass(frozen=True)
class Agreement:
    """A contract of a team with a subscription of 3 seats, its contact person, and another contract manager."""

    world: World
    team: str
    contract: str
    subscription: str
    contact: Account
    other: Account

    def renewal(self, key: str | None = None) -> NewNotice:
        """That the subscription renews itself soon."""
        data = {"subscriptionId": self.subscription, "term": 1, "stage": "30"}
        key = key or f"renewal:{self.subscription}:1:30"
        return NewNotice(self.team, self.contract, NoticeKind.RENEWAL, key, data)

    def auto_renew_changed(self, key: str | None = None) -> NewNotice:
        """That the automatic renewal was changed, which nobody must be told."""
        data = {"subscriptionId": self.subscription, "term": 1}
        key = key or f"auto_renew:{self.subscription}:2"
        return NewNotice(self.team, self.contract, NoticeKind.AUTO_RENEW_CHANGED, key, data)

    async def queue(self, *told: NewNotice) -> list[QueuedNotice]:
        """Queue notices."""
        return await committed(self.world.database, lambda connection: notices.queue(connection, told))

    async def prefer(self, who: Account, kind: NoticeKind, delivery: Delivery) -> None:
        """Let a person want the notices of a kind so."""
        await fetch_rows(self.world.database, PREFER, self.team, who.id, kind.value, delivery.value)

    async def auto_renew(self, *, on: bool) -> None:
        """Switch the automatic renewal on or off."""
        change = "update subscriptions set auto_renew = $2 where id = $1"
        await fetch_rows(self.world.database, change, self.subscription, on)

    async def order(self) -> str:
        """Place an order of the 3 seats. Returns its id."""
        order = ids.new("order")
        values = {"team": self.team, "order": order, "contract": self.contract, "sub": self.subscription}
        async with self.world.engine.begin() as connection:
            await connection.execute(text(ORDER), {name: values[name] for name in ("team", "order", "contract")})
            await connection.execute(text(LINE), {name: values[name] for name in ("team", "order", "sub")})
        return order

    async def invoice(self, due_on: date) -> str:
        """Issue the invoice of an order. Returns its id."""
        invoice, order = ids.new("invoice"), await self.order()
        values = {"team": self.team, "invoice": invoice, "order": order, "contract": self.contract, "due": due_on}
        async with self.world.engine.begin() as connection:
            await connection.execute(text(INVOICE), values)
        return invoice


async def agree(world: World, *, starts: int = -335, ends: int = 29) -> Agreement:
    """Make a contract. `starts` and `ends` are the first and the last day of its subscription, in days from today."""
    team = await world.team()
    contact = await world.member(team, Role.CONTRACT_MANAGER, await world.person("Ada", "Lovelace"))
    other = await world.member(team, Role.CONTRACT_MANAGER, await world.person("Grace", "Hopper"))
    await world.pool(team, 3, starts=starts, ends=ends)
    contract, subscription = await one_row(world, "select contract_id, id from subscriptions where team_id = $1", team)
    await fetch_rows(world.database, "update contracts set contact_id = $2 where id = $1", contract, contact.id)
    return Agreement(world, team, contract, subscription, contact, other)


async def one_row(world: World, query: str, *values: object) -> tuple[str, ...]:
    """The one row of a query."""
    [row] = await fetch_rows(world.database, query, *values)
    return tuple(row)


def day(days: int) -> date:
    """A day, counted from today (UTC)."""
    return datetime.now(UTC).date() + timedelta(days=days)
