"""Contract managers with subscriptions, which they amend in tests."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from sqlalchemy import Row, text

from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, Payload
from tests.support.subscriptions import Made, make_contract, make_subscription
from tests.support.world import World

LINES = """
select o.kind, o.ordered_on, l.subscription_id, l.term_n, l.quantity, l.unit_price, l.starts_on, l.ends_on, l.term_days,
       l.amount, l.tax
from orders o join order_lines l on l.team_id = o.team_id and l.order_id = o.id
where o.contract_id = :contract order by o.number, l.n
"""
STATE = """
select (select count(*) from seats s where s.subscription_id = p.id and s.retired_at is null) as seats,
       (select coalesce(sum(delta), 0) from seat_changes c where c.subscription_id = p.id) as changes,
       p.version, p.last_term, p.ends_on, p.auto_renew, p.months
from subscriptions p where p.id = :id
"""
PENDING = (
    "select effective_on, seats, seat_ids from scheduled_changes where subscription_id = :id and state = 'pending'"
)


@dataclass(frozen=True)
class Deal:
    """A contract manager, and a subscription of a contract of the team. The tax is 19 %."""

    manager: Caller
    contract: str
    made: Made

    @property
    def world(self) -> World:
        """Where its rows are."""
        return self.manager.world

    async def amend(self, mutation: str, *, version: int | None = None, **more: object) -> Payload:
        """Amend the subscription as the manager, by default in its present version."""
        seen = version if version is not None else (await self.state()).version
        return await self.manager.mutate(mutation, subscriptionId=self.made.id, version=seen, **more)

    async def state(self, id_: str | None = None) -> Row[Any]:
        """The number of seats of the subscription, the sum of its changes, and its own columns."""
        async with self.world.engine.connect() as connection:
            return (await connection.execute(text(STATE), {"id": id_ or self.made.id})).one()

    async def lines(self) -> Sequence[Row[Any]]:
        """The lines of all orders of the contract, the oldest first."""
        async with self.world.engine.connect() as connection:
            return (await connection.execute(text(LINES), {"contract": self.contract})).all()

    async def pending(self) -> Row[Any] | None:
        """The change of the subscription that is pending; None if there is none."""
        async with self.world.engine.connect() as connection:
            return (await connection.execute(text(PENDING), {"id": self.made.id})).one_or_none()

    async def run(self, statement: str, **values: object) -> Sequence[Row[Any]]:
        """Run a statement, and return its rows."""
        async with self.world.engine.begin() as connection:
            result = await connection.execute(text(statement), values)
            return result.all() if result.returns_rows else ()


async def new_deal(
    client: Client,
    world: World,
    term: tuple[date, date],
    *,
    seats: int = 5,
    price: int = 29_900,
    grace_days: int = 0,
    **values: Any,
) -> Deal:
    """A new team with a contract manager, and a subscription with this term. `values` are those of its row."""
    team = await world.team()
    who = await world.member(team, Role.CONTRACT_MANAGER)
    contract = await make_contract(world, team, grace_days=grace_days)
    made = await make_subscription(world, contract, team, term, seats, price, **values)
    return Deal(Caller(client, world, team, made.product, who.secret, who), contract, made)


def codes(payload: Payload) -> list[str]:
    """The codes of the errors of a payload."""
    return [code for code, _ in payload.errors]
