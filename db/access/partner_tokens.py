"""Partner tokens: list, create, rotate and revoke them."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from types import NoneType
from typing import NamedTuple

from sqlalchemy import ARRAY, ColumnElement, bindparam, case, func, insert, literal, or_, select, text, update

from db.core.connection import Connection
from db.core.paging import Definition, Rows, listing
from db.core.reach import any_of, within
from db.core.rows import by_id, columns_of
from db.core.statements import RowQuery, Statement
from db.tables.access import PartnerToken
from db.tables.types import ID
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
    previous_secret_ends_at: datetime | None = None


ROTATION_TERM = timedelta(hours=24)
"""How long the secret before a rotation works after it."""

TOKENS = columns_of(TokenRow, PartnerToken)

# A secret that still works beside a newer one ends with the token.
REVOCATION = {
    "revoked_at": func.now(),
    "previous_secret_ends_at": case(
        (PartnerToken.previous_secret_ends_at > func.now(), func.now()), else_=PartnerToken.previous_secret_ends_at
    ),
}

CREATE = Statement(
    "create_partner_token",
    NoneType,
    insert(PartnerToken).values({name: bindparam(name) for name in (*TokenRow._fields, "token_hash")}),
)

REVOKE = Statement(
    "revoke_partner_token",
    TokenRow,
    TOKENS.apply_to(
        update(PartnerToken)
        .where(
            PartnerToken.team_id == bindparam("team_id"),
            PartnerToken.id == bindparam("id"),
            PartnerToken.revoked_at.is_(None),
        )
        .values(REVOCATION)
    ),
)

# At most two secrets work at a time: the row has room for no more, and a rotation waits until the older one has ended.
ROTATE = Statement(
    "rotate_partner_token",
    TokenRow,
    TOKENS.apply_to(
        update(PartnerToken)
        .where(
            PartnerToken.team_id == bindparam("team_id"),
            PartnerToken.id == bindparam("id"),
            PartnerToken.revoked_at.is_(None),
            PartnerToken.expires_at > func.now(),
            or_(PartnerToken.previous_secret_ends_at.is_(None), PartnerToken.previous_secret_ends_at <= func.now()),
        )
        .values(
            token_hash=bindparam("token_hash"),
            previous_hash=PartnerToken.token_hash,
            previous_secret_ends_at=func.least(func.now() + literal(ROTATION_TERM), PartnerToken.expires_at),
        )
    ),
)

REVOKE_GRANTED = Statement(
    "revoke_granted_tokens",
    str,
    update(PartnerToken)
    .where(
        PartnerToken.team_id == bindparam("team_id"),
        PartnerToken.active_grantor_id == any_of(bindparam("grantor_ids", type_=ARRAY(ID))),
    )
    .values(REVOCATION)
    .returning(PartnerToken.id),
)

LOCK_MEMBERSHIPS = Statement(
    "lock_memberships", NoneType, text("select from memberships where user_id = :user_id order by team_id for update")
)

REVOKE_ALL = Statement(
    "revoke_all_tokens",
    str,
    update(PartnerToken)
    .where(PartnerToken.grantor_id == bindparam("grantor_id"), PartnerToken.revoked_at.is_(None))
    .values(REVOCATION)
    .returning(PartnerToken.id),
)


async def by_ids(connection: Connection, reach: Reach, ids: Sequence[str]) -> dict[str, TokenRow]:
    """The tokens within `reach` that have one of these ids, by id."""
    return by_id(await BY_IDS.rows(connection, reach, list(ids)))


@listing
def listed(reach: Reach) -> Definition[TokenRow]:
    """The tokens of a team within `reach`, in the order of creation. Revoked and expired tokens are included."""

    def rows(team_id: ColumnElement[str]) -> Rows:
        return select().where(PartnerToken.team_id == team_id, within(reach, PartnerToken.team_id))

    return Definition(rows, [PartnerToken.id.expression], TOKENS)


async def create(connection: Connection, token: TokenRow, token_hash: bytes) -> None:
    """Create a token. Only the hash of its secret is stored."""
    await CREATE.run(connection, **token._asdict(), token_hash=token_hash)


async def revoke(connection: Connection, team_id: str, id_: str) -> TokenRow | None:
    """Revoke a token. Returns None if it was already revoked."""
    return await REVOKE.row(connection, team_id=team_id, id=id_)


async def rotate(connection: Connection, team_id: str, id_: str, token_hash: bytes) -> TokenRow | None:
    """Give a token a new secret; the present one works for `ROTATION_TERM` more, but not longer than the token.

    Returns None, and changes nothing, if the token is revoked or has expired, or if two secrets work already.
    """
    return await ROTATE.row(connection, team_id=team_id, id=id_, token_hash=token_hash)


async def revoke_granted(connection: Connection, team_id: str, grantor_ids: Sequence[str]) -> list[str]:
    """Revoke the tokens that these people granted in a team, because they leave it. Returns the ids, sorted."""
    return sorted(await REVOKE_GRANTED.rows(connection, team_id=team_id, grantor_ids=list(grantor_ids)))


async def revoke_all(connection: Connection, grantor_id: str) -> list[str]:
    """Revoke the tokens that an account granted, in all teams. Returns the ids, sorted.

    It waits for a token that is being created, because its creation has locked the membership.
    """
    await LOCK_MEMBERSHIPS.run(connection, user_id=grantor_id)
    return sorted(await REVOKE_ALL.rows(connection, grantor_id=grantor_id))


def _own(ids: Sequence[str]) -> Rows:
    return select().where(PartnerToken.id == any_of(ids))


def _by_ids(reach: Reach, ids: Sequence[str]) -> Rows:
    return select().where(PartnerToken.id == any_of(ids), within(reach, PartnerToken.team_id))


BY_IDS, OWN = RowQuery(TOKENS, _by_ids), RowQuery(TOKENS, _own)
