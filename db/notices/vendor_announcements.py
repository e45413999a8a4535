"""Store what the vendor's staff writes to contract managers, and queue it for them."""

from collections.abc import Sequence
from types import NoneType

from sqlalchemy import ARRAY, bindparam, text

from db.core import ids
from db.core.connection import Connection
from db.core.statements import Statement
from db.notices import notices
from db.notices.notices import NewNotice
from db.tables.types import ID
from domain.notices import NoticeKind

CREATE = Statement(
    "create_announcement",
    NoneType,
    text("insert into announcements (id, subject, text, sent_by) values (:id, :subject, :text, :by)"),
)
ALL_TEAMS = Statement("all_team_ids", str, text("select id from teams order by id"))
KNOWN_TEAMS = Statement(
    "known_team_ids",
    str,
    text("select id from teams where id = any(:team_ids) order by id").bindparams(
        bindparam("team_ids", type_=ARRAY(ID))
    ),
)


async def teams(connection: Connection, team_ids: Sequence[str] | None) -> list[str]:
    """The ids of all teams; with `team_ids`, of those among them that exist."""
    if team_ids is None:
        return await ALL_TEAMS.rows(connection)
    return await KNOWN_TEAMS.rows(connection, team_ids=list(team_ids))


async def send(connection: Connection, team_ids: Sequence[str], subject: str, words: str, by: str) -> tuple[str, int]:
    """Store an announcement, and queue it for the contract managers of teams. Returns its id, and how many people.

    A person who manages contracts of several of the teams gets it once.
    """
    id_ = ids.new("announcement")
    await CREATE.run(connection, id=id_, subject=subject, text=words, by=by)
    told = [
        NewNotice(team_id, None, NoticeKind.ANNOUNCEMENT, f"announcement:{id_}", {"announcementId": id_})
        for team_id in team_ids
    ]
    return id_, len(await notices.queue(connection, told))
