"""Which partner tokens end soon, so that their grantors must be told."""

from datetime import datetime
from typing import NamedTuple

from sqlalchemy import text

from db.core.connection import Connection
from db.core.statements import Statement
from domain.languages import Language


class Notice(NamedTuple):
    """A token whose grantor is to be told of its end, and how many days before that this notice belongs."""

    token_id: str
    days: int


class EndingToken(NamedTuple):
    """A token that ends soon, with all that the mail to its grantor says."""

    email: str
    name: str
    team: str
    token: str
    expires_at: datetime
    language: Language


# A token that was made for a shorter time than that before a notice gets no such notice.
_DUE = """
revoked_at is null and expires_at > now() and (
    (expires_at <= now() + interval '14 days' and expires_at - created_at > interval '14 days' and notice_days is null)
    or (expires_at <= now() + interval '1 day' and expires_at - created_at > interval '1 day'
        and notice_days is distinct from 1)
)
"""
DUE_TEAMS = Statement(
    "teams_with_due_notices",
    str,
    text(f"select distinct team_id from partner_tokens where {_DUE}"),  # noqa: S608 - a constant
)
# A late run gives only the last notice that is due. Of two runs at the same time, the second waits for the rows, and
# finds that they are not due any more.
MARK = Statement(
    "mark_noticed_tokens",
    Notice,
    text(f"""
update partner_tokens set notice_days = case when expires_at <= now() + interval '1 day' then 1 else 14 end
where team_id = :team_id and {_DUE}
returning id as token_id, notice_days as days
"""),  # noqa: S608 - a constant
)
ENDING = Statement(
    "ending_token",
    EndingToken,
    text("""
select u.email, trim(concat(u.first_name, ' ', u.last_name)) as name, t.name as team, p.name as token, p.expires_at,
       u.language
from partner_tokens p
join users u on u.id = p.grantor_id
join teams t on t.id = p.team_id
where p.team_id = :team_id and p.id = :id and p.revoked_at is null and p.expires_at > now()
"""),
)


async def due_teams(connection: Connection) -> list[str]:
    """The teams with tokens for which a notice is due, 14 days or 1 day before their end."""
    return await DUE_TEAMS.rows(connection)


async def mark(connection: Connection, team_id: str) -> list[Notice]:
    """Mark the tokens of a team for which a notice is due as noticed, and return them in the order of creation."""
    return sorted(await MARK.rows(connection, team_id=team_id))


async def ending(connection: Connection, team_id: str, id_: str) -> EndingToken | None:
    """What to tell the grantor of a token; None if it is revoked or has ended."""
    return await ENDING.row(connection, team_id=team_id, id=id_)
