"""Partner tokens: list, create and revoke them."""

from collections.abc import Sequence
from datetime import datetime
from typing import NamedTuple

from sqlalchemy import ColumnElement, func, insert, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of, one_or_none
from db.tables.access import PartnerToken
from domain.actions import Scope
from domain.reach import Reach


class TokenRow(NamedTuple):
    """A partner token as the graph shows it, without its secret."""

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
    """The tokens within `reach` that have one of these ids, by id."""
    query = select().where(PartnerToken.id == any_of(ids), within(reach, PartnerToken.team_id))
    return by_id(await TOKENS.read(connection, query))


@listing
def listed(reach: Reach) -> Definition[TokenRow]:
    """The tokens of a team within `reach`, in the order of creation. Revoked and expired tokens are included."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(PartnerToken.team_id == team_id, within(reach, PartnerToken.team_id))

    return Definition(rows, [PartnerToken.id.expression], TOKENS)


async def create(connection: AsyncConnection, token: TokenRow, token_hash: bytes) -> None:
    """Create a token. Only the hash of its secret is stored."""
    await connection.execute(insert(PartnerToken).values(**token._asdict(), token_hash=token_hash))


async def revoke(connection: AsyncConnection, team_id: str, id_: str) -> TokenRow | None:
    """Revoke a token. Returns None if it was already revoked."""
    statement = (
        update(PartnerToken)
        .where(PartnerToken.team_id == team_id, PartnerToken.id == id_, PartnerToken.revoked_at.is_(None))
        .values(revoked_at=func.now())
    )
    return one_or_none(await TOKENS.read(connection, statement))
