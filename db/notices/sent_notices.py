"""Read the notices of a team: what was told to its contract managers."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, select

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery
from db.tables.notices import Notice
from domain.mails import MailState
from domain.notices import Delivery, NoticeKind
from domain.reach import Reach


class NoticeRow(NamedTuple):
    """A notice as the graph shows it. `subject_id` is what it is about, such as an order."""

    id: str
    team_id: str
    user_id: str
    kind: NoticeKind
    stage: str | None
    subject_id: str
    created_at: datetime
    delivery: Delivery
    mail_state: MailState
    mail_reason: str | None


NOTICES = columns_of(
    NoticeRow,
    Notice,
    stage=Notice.data["stage"].astext,
    subject_id=func.coalesce(
        *(
            Notice.data[name].astext
            for name in ("orderId", "subscriptionId", "invoiceId", "productId", "announcementId")
        )
    ),
)


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(Notice.id == any_of(ids), within(reach, Notice.team_id))


BY_IDS = RowQuery(NOTICES, _by_ids)


@listing
def listed(reach: Reach) -> Definition[NoticeRow]:
    """The notices of a home team within `reach`, the newest first."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(Notice.team_id == team_id, within(reach, Notice.team_id))

    return Definition(rows, [Notice.id.expression], NOTICES, descending=True)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, NoticeRow]:
    """The notices with these ids of home teams within `reach`, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))
