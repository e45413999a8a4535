"""Retires seats of a subscription that gets fewer, and adds seats to one that gets more."""

from collections.abc import Sequence
from datetime import date
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, bindparam, text

from db.core.connection import Connection
from db.core.statements import Statement
from db.seats import terms
from db.seats.assignments import PEOPLE
from db.seats.terms import TAKE_BACK_SQL, Due, EndedTerms, Lost
from db.tables.types import ID


class Owner(NamedTuple):
    """A subscription and its pool."""

    team_id: str
    product_id: str
    subscription_id: str


class SeatToRetire(NamedTuple):
    """A seat that is to be retired, and its holder."""

    id: str
    holder_id: str | None


SEATS = bindparam("seat_ids", type_=ARRAY(ID))
# First the seats that were chosen, then free ones, then those that were assigned last.
PICK_SQL = """
with picked as materialized (
    select s.id from seats s
    where s.team_id = :team_id and s.product_id = :product_id and s.subscription_id = :subscription_id
      and s.retired_at is null
    order by s.id = any(:seat_ids) desc, s.holder_id is not null, s.assigned_at desc, s.id desc
    limit :number
)
select s.id, s.holder_id from seats s
where s.team_id = :team_id and s.id in (select id from picked)
"""
PICK = Statement("pick_seats", SeatToRetire, text(PICK_SQL).bindparams(SEATS))
PICK_AND_LOCK = Statement(
    "pick_and_lock_seats", SeatToRetire, text(f"{PICK_SQL}order by s.id for update").bindparams(SEATS)
)
TAKE_BACK = Statement(
    "take_back_seats", Lost, text(TAKE_BACK_SQL.format(condition="s.id = any(:seat_ids)")).bindparams(PEOPLE, SEATS)
)
RETIRE = Statement(
    "retire_seats",
    NoneType,
    text("""
update seats set retired_at = clock_timestamp()
where team_id = :team_id and id = any(:seat_ids) and holder_id is null and retired_at is null
""").bindparams(SEATS),
)
ADD = Statement(
    "add_seats_to_subscription",
    NoneType,
    text("""
insert into seats (team_id, id, product_id, subscription_id)
select cast(:team_id as text), seat.id, cast(:product_id as text), cast(:subscription_id as text)
from unnest(:seat_ids) as seat (id)
""").bindparams(SEATS),
)


async def pick(
    connection: Connection, owner: Owner, number: int, seat_ids: Sequence[str], *, lock: bool = False
) -> list[SeatToRetire]:
    """Choose this many seats to be retired: first those with these ids, then free ones, then the latest assigned.

    `lock` locks them in the order of their ids. The holders are those after the lock.
    """
    statement = PICK_AND_LOCK if lock else PICK
    return await statement.rows(connection, **owner._asdict(), number=number, seat_ids=list(seat_ids))


async def retire(
    connection: Connection, owner: Owner, seats: Sequence[SeatToRetire], by: str, today: date
) -> EndedTerms:
    """Retire these seats. Their holders get other seats, or wait, as `terms.seat_again` says.

    The memberships of the holders must be locked, then `waiting_list.lock_for_joining` and `waiting_list.lock_list` be
    called, and then the seats be locked.
    """
    pool = Due(owner.team_id, owner.product_id)
    ids = [seat.id for seat in seats]
    holders = [seat.holder_id for seat in seats if seat.holder_id is not None]
    lost = list[Lost]()
    if holders:
        lost = await TAKE_BACK.rows(connection, **pool._asdict(), user_ids=holders, seat_ids=ids, by=by)
    await RETIRE.run(connection, team_id=owner.team_id, seat_ids=ids)
    return await terms.seat_again(connection, pool, lost, by, today)


async def add(connection: Connection, owner: Owner, seat_ids: Sequence[str]) -> None:
    """Add a seat with each of these ids. The caller must call `waiting_list.lock_for_freeing`, and serve it later."""
    await ADD.run(connection, **owner._asdict(), seat_ids=list(seat_ids))
