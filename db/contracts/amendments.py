"""Find, lock and amend subscriptions.

A change locks what it needs in this order: `waiting_list.lock_for_freeing`, the row of the subscription, its seats, and
last the counter of invoices (`orders.place`).
"""

from collections.abc import Sequence
from types import NoneType

from sqlalchemy import Integer, bindparam, or_, select, update

from db.contracts.subscriptions import SUBSCRIPTIONS, SubscriptionRow
from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import by_id
from db.core.statements import RowQuery, Statement
from db.tables.contracts import Contract
from db.tables.seats import Subscription
from db.tables.types import ID
from domain.reach import Reach

ROW = (Subscription.team_id == bindparam("team_id", type_=ID), Subscription.id == bindparam("id", type_=ID))
# Seats may be added meanwhile: they refer to a key that does not change.
LOCK = Statement(
    "lock_subscription", SubscriptionRow, select(*SUBSCRIPTIONS).where(*ROW).with_for_update(key_share=True)
)
BUMP = Statement(
    "bump_version",
    SubscriptionRow,
    update(Subscription)
    .where(*ROW, Subscription.version == bindparam("seen", type_=Integer()))
    .values(version=Subscription.version + 1)
    .returning(*SUBSCRIPTIONS),
)

SET_AUTO_RENEW = Statement(
    "set_auto_renew",
    NoneType,
    update(Subscription).where(*ROW).values(auto_renew=bindparam("auto_renew")),
)


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return (
        select()
        .select_from(Subscription)
        .join(Contract, Contract.id == Subscription.contract_id)
        .where(
            Subscription.id == any_of(ids), or_(within(reach, Subscription.team_id), within(reach, Contract.team_id))
        )
    )


BY_IDS = RowQuery(SUBSCRIPTIONS, _by_ids)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, SubscriptionRow]:
    """The subscriptions with these ids of which the team or the home team of the contract is within `reach`, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


async def lock(connection: Connection, team_id: str, id_: str) -> SubscriptionRow:
    """Lock a subscription, so that nobody else amends it, and return it as it is now. It must exist."""
    [row] = await LOCK.rows(connection, team_id=team_id, id=id_)
    return row


async def bump(connection: Connection, seen: SubscriptionRow) -> SubscriptionRow | None:
    """Count an amendment of a subscription, and return it as it is now; None if it is not the version that was seen."""
    return await BUMP.row(connection, team_id=seen.team_id, id=seen.id, seen=seen.version)


async def set_auto_renew(connection: Connection, changed: SubscriptionRow) -> None:
    """Store whether a subscription renews itself. It must be locked."""
    await SET_AUTO_RENEW.run(connection, team_id=changed.team_id, id=changed.id, auto_renew=changed.auto_renew)
