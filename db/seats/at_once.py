"""The usual cases of `db.seats.allocation` in one statement, which also writes the audit row and the event.

In the usual case, nobody waits for a seat of the product, and a person who gets one holds none. If that is not so,
nothing has changed and nothing is locked, and `allocation` does the work.

A statement sees the moment at which it began. So everything that must not change meanwhile was locked by an earlier
one: the memberships, and to free seats also the waiting lists of the team. Then nobody can join a waiting list unseen.
"""

from collections.abc import Sequence

from sqlalchemy import text

from db.core.audit_rows import AuditRow, json_parameters, recording
from db.core.connection import Connection
from db.core.statements import Statement
from db.seats.assignments import ASSIGN_SQL, ENDS, FREE_SQL, GIVERS, PASSED_OVER, PEOPLE, AssignmentRow, Ended
from db.seats.seats import SeatRow
from domain.seats import Source


class TooFewSeats(Exception):
    """Fewer seats were found than people. The transaction must be rolled back, because it holds the seats found."""


# A waiting person counts as a holder: they may be getting a seat at this moment from somebody who frees one.
_OR_WAITING = """
    union all
    select null, null, null, w.user_id, null from waits w
    where w.team_id = :team_id and w.product_id = :product_id and w.user_id = any(:user_ids)"""
_ASSIGNED = """jsonb_build_object(
        'product', cast(:product_id as text), 'assigned', (select jsonb_object_agg(id, holder_id) from taken)
    )"""
ASSIGN_AT_ONCE = Statement(
    "assign_at_once",
    AssignmentRow,
    text(
        ASSIGN_SQL.format(
            today="current_date",
            skip_locked="skip locked",
            or_waiting=_OR_WAITING,
            unless_held=" and not exists (select from held)",
            recording=f", {recording(_ASSIGNED, 'exists (select from taken)')}",
        )
    ).bindparams(PEOPLE, GIVERS, *json_parameters("before", "facts")),
)

_UNLESS_WAITED_FOR = """
      and not exists (select from waits w where w.team_id = :team_id and w.product_id = :product_id)"""
# As `allocation.freed_or_kept`. In `filter`, the `in` is hashed. In `where`, it becomes a join, for which the planner
# chooses nested loops.
_UNASSIGNED = """(
        select jsonb_strip_nulls(jsonb_build_object(
            'product', cast(:product_id as text),
            'freed', jsonb_object_agg(id, holder_id) filter (where not is_kept),
            'sourceEnded',
            jsonb_object_agg(id, holder_id) filter (where is_kept and id in (select seat_id from dropped))
        )) from kept
    )"""
FREE_AT_ONCE = Statement(
    "free_at_once",
    Ended,
    text(
        FREE_SQL.format(
            ends=ENDS,
            unless_waited_for=_UNLESS_WAITED_FOR,
            recording=f", {recording(_UNASSIGNED, 'exists (select from dropped)')}",
        )
    ).bindparams(PEOPLE, PASSED_OVER, *json_parameters("before", "facts")),
)


async def assign(
    connection: Connection, product_id: str, user_ids: Sequence[str], source: Source, by: str, row: AuditRow
) -> list[SeatRow] | None:
    """Give each of these people, in order, a seat of a product in the team of the audit row, which is written too.

    The statement finds the row's `after`. Returns None, and changes nothing, if somebody holds such a seat or waits for
    one. Raises TooFewSeats if there are too few seats that nobody else has locked. The memberships must be locked.
    """
    values = {"user_ids": list(user_ids), "givers": [by] * len(user_ids), "product_id": product_id}
    rows = await ASSIGN_AT_ONCE.rows(connection, **values, **source._asdict(), **row._asdict())
    if any(one.n is None for one in rows):
        return None
    if len(rows) < len(user_ids):
        raise TooFewSeats
    return [one.seat for one in rows]


async def free(
    connection: Connection, product_id: str, user_ids: Sequence[str], source: Source, by: str, row: AuditRow
) -> list[Ended]:
    """End a source of these people's seats of a product in the team of the audit row, which is written too.

    The statement finds the row's `after`. Returns one `Ended` for each seat. Returns none, and changes nothing, if
    somebody waits for the product. The memberships must be locked, and then `waiting_list.lock_for_freeing` be called.
    """
    values = {"user_ids": list(user_ids), "product_id": product_id, "passed_over": [], "by": by}
    return await FREE_AT_ONCE.rows(connection, **values, **source._asdict(), **row._asdict())
