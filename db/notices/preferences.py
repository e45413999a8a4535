"""How members get notices: what they want, and what follows from their role and the contracts of the team."""

from collections.abc import Sequence
from typing import NamedTuple

from sqlalchemy import ARRAY, Text, and_, any_, case, cast, column, exists, func, or_, select, text, true
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.orm import aliased

from db.core.connection import Connection
from db.core.paging import Rows
from db.core.reach import any_of, within
from db.core.rows import columns_of, with_parent
from db.core.statements import RowQuery, Statement
from db.notices.notices import REQUIRED
from db.tables.contracts import Contract
from db.tables.notices import NoticePreference
from db.tables.people import Membership
from domain.notices import Delivery, NoticeKind
from domain.reach import Reach
from domain.roles import Role


class PreferenceRow(NamedTuple):
    """How a member gets the notices of one kind. `required`: they cannot switch it off now.

    Only contract managers get notices. For others it is what they wanted, or OFF.
    """

    kind: NoticeKind
    delivery: Delivery
    required: bool


_KINDS = (
    func.unnest(cast(array(list(map(str, NoticeKind))), ARRAY(Text())))
    .table_valued(column("kind", Text()), with_ordinality="place", name="kinds")
    .render_derived()
)
_CONTACT = aliased(Membership)
_HAS_CONTACT = exists().where(
    _CONTACT.team_id == Contract.team_id,
    _CONTACT.user_id == Contract.contact_id,
    _CONTACT.role == Role.CONTRACT_MANAGER,
    _CONTACT.accepted_at.is_not(None),
)
# The rule of `notices.MAIN`, for any contract of the team.
_OF_CONTRACTS = (
    select(func.coalesce(func.bool_or(or_(Contract.contact_id == Membership.user_id, ~_HAS_CONTACT)), true()))
    .where(Contract.team_id == Membership.team_id)
    .correlate(Membership)
    .scalar_subquery()
)
_MAIN = and_(Membership.role == Role.CONTRACT_MANAGER, _OF_CONTRACTS)
_IS_REQUIRED = _KINDS.c.kind == any_(array([str(kind) for kind in NoticeKind if kind.required]))
_WANTED = NoticePreference.delivery
# The rule of `notices.DELIVERY`.
_DELIVERY = case(
    (and_(_MAIN, or_(_WANTED.is_(None), and_(_WANTED == Delivery.OFF, _IS_REQUIRED))), Delivery.AT_ONCE.value),
    else_=func.coalesce(_WANTED, Delivery.OFF.value),
)
PREFERENCES = columns_of(
    PreferenceRow, NoticePreference, kind=_KINDS.c.kind, delivery=_DELIVERY, required=and_(_MAIN, _IS_REQUIRED)
)


def _by_member(reach: Reach, member_ids: Sequence[str]) -> Rows:
    wanted = and_(
        NoticePreference.team_id == Membership.team_id,
        NoticePreference.user_id == Membership.user_id,
        NoticePreference.kind == _KINDS.c.kind,
    )
    return (
        select()
        .select_from(Membership)
        .join(_KINDS, true())
        .outerjoin(NoticePreference, wanted)
        .where(Membership.id == any_of(member_ids), within(reach, Membership.team_id, Membership.user_id))
        .order_by(Membership.id, _KINDS.c.place)
    )


BY_MEMBER = RowQuery(with_parent(Membership.id, PREFERENCES), _by_member)
# Of a kind that is required now, OFF is not stored.
SET = Statement(
    "set_notice_preference",
    str,
    text(f"""
insert into notice_preferences (team_id, user_id, kind, delivery)
select m.team_id, m.user_id, :kind, :delivery
from memberships m
where m.team_id = :team_id and m.user_id = :user_id
  and (:delivery <> 'off' or :kind not in ({REQUIRED}) or m.role <> 'contract_manager' or (
      exists (select from contracts c where c.team_id = m.team_id) and not exists (
          select from contracts c
          where c.team_id = m.team_id and (c.contact_id = m.user_id or not exists (
              select from memberships k where k.team_id = c.team_id and k.user_id = c.contact_id
                and k.role = 'contract_manager' and k.accepted_at is not null
          ))
      )
  ))
on conflict (team_id, user_id, kind) do update set delivery = excluded.delivery
where notice_preferences.delivery <> excluded.delivery
returning delivery
"""),  # noqa: S608 - constants
)


# If the member is removed at the same moment, that waits, and then deletes what they want, too.
MEMBER = Statement(
    "member_with_preferences",
    str,
    text("select id from memberships where team_id = :team_id and user_id = :user_id for key share"),
)


async def of_member(connection: Connection, reach: Reach, team_id: str, user_id: str) -> list[PreferenceRow]:
    """How a member within `reach` gets the notices of each kind. The membership stays until the transaction ends."""
    member_ids = await MEMBER.rows(connection, team_id=team_id, user_id=user_id)
    return [row for _, row in await BY_MEMBER.rows(connection, reach, member_ids)]


async def set_(connection: Connection, team_id: str, user_id: str, kind: NoticeKind, delivery: Delivery) -> bool:
    """Store how a member wants to get the notices of a kind.

    Returns False if nothing was changed: it is stored already, or it is OFF for a kind that is required now.
    """
    values = {"kind": kind.value, "delivery": delivery.value}
    return await SET.row(connection, team_id=team_id, user_id=user_id, **values) is not None
