"""Partner tokens, as the members of a team see and manage them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of, only
from db.tables.access import PartnerToken
from domain.actions import Scope
from domain.reach import Reach


class TokenRow(NamedTuple):
    """A partner token as the graph shows it: all but its secret."""

    id: str
    team_id: str
    name: str
    scopes: list[Scope]
    grantor_id: str
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None
    last_used_at: datetime | None


TOKENS = columns_of(TokenRow, PartnerToken)


async def by_ids(connection: AsyncConnection, reach: Reach, ids: Sequence[str]) -> dict[str, TokenRow]:
    """Tokens by id, those within `reach`."""
    query = select().where(PartnerToken.id == any_of(ids), within(reach, PartnerToken.team_id))
    return by_id(await TOKENS.read(connection, query))


@listing
def listed(reach: Reach) -> Definition[TokenRow]:
    """A team's tokens within `reach`, revoked and expired ones too, in the order in which they were made."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(PartnerToken.team_id == team_id, within(reach, PartnerToken.team_id))

    return Definition(rows, [PartnerToken.id.expression], TOKENS)


async def create(connection: AsyncConnection, token: TokenRow, token_hash: bytes) -> None:
    """A new token; only the hash of its secret is kept."""
    await connection.execute(insert(PartnerToken).values(**token._asdict(), token_hash=token_hash))


async def revoke(connection: AsyncConnection, team_id: str, id_: str) -> TokenRow | None:
    """Revoke a token; None when it was revoked already."""
    statement = (
        update(PartnerToken)
        .where(PartnerToken.team_id == team_id, PartnerToken.id == id_, PartnerToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    return only(await TOKENS.read(connection, statement))
