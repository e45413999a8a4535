"""The audit log of a team, and the holders of its seats on a day."""

import asyncio
from datetime import date

import strawberry

from db.access.partner_tokens import TokenRow
from db.audit import audit_log
from db.audit.audit_log import AuditEventRow
from db.core.paging import Listing
from db.people.teams import TeamRow
from db.people.users import UserRow
from db.seats import seat_history as history
from db.seats.seat_history import PeriodRow
from db.seats.seats import SeatRow
from domain.actions import Action
from domain.paging import Paging
from domain.problems import BadInput
from policies import facts
from resolvers.access.partner_tokens import TOKEN
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.users import USER
from resolvers.seats.seats import SEAT


@performs(Action.AUDIT_READ)
@paged
def team_audit(
    root: TeamRow,
    info: Info,
    action: Action | None = None,
    actor_id: strawberry.ID | None = None,
    since: date | None = None,
    until: date | None = None,
    *,
    paging: Paging,
) -> "asyncio.Future[ConnectionRow[AuditEventRow] | None]":
    """The changes in the team and who made them, the newest first. FORBIDDEN for a plain user.

    Entries about contracts, payments and notices are shown only to those who may see orders.
    """
    info.context.require(Action.AUDIT_READ, facts.team(info.context.actor, root.id))
    if until == date.max:
        raise BadInput("`until` must be before 9999-12-31.")
    chosen = None if action is None else action.value
    return listing(info.context, _audit, paging, chosen, actor_id, since, until).load(root.id)


@performs(Action.HISTORY_READ)
@paged
def seat_history(
    root: TeamRow, info: Info, product_id: strawberry.ID, on: date, paging: Paging
) -> "asyncio.Future[ConnectionRow[PeriodRow] | None]":
    """The people who held a seat of this product on a day (UTC), or for a part of it. FORBIDDEN for a plain user."""
    info.context.require(Action.HISTORY_READ, facts.team(info.context.actor, root.id))
    if not (date.max - on).days >= 1:
        raise BadInput("`on` must be before 9999-12-31.")
    return listing(info.context, _held_on, paging, product_id, on).load(root.id)


@performs(Action.MEMBERS_READ)
@loaded_by("actor_id")
def actor(context: Context) -> Loading[UserRow]:
    """The person who made the change, or the grantor of the token that made it; null if you may not see them now."""
    return context.loading(USER.find)


@performs(Action.TOKENS_READ)
def token(root: AuditEventRow, info: Info) -> "asyncio.Future[TokenRow | None] | None":
    """The partner token that made the change; null for a person, and if you may not see tokens."""
    if root.token_id is None or not info.context.reach(Action.TOKENS_READ).teams:
        return None
    return info.context.load(TOKEN.find, root.token_id)


@performs(Action.SEATS_READ)
@loaded_by("seat_id")
def seat(context: Context) -> Loading[SeatRow]:
    """The seat in its current state; null if you may not see it."""
    return context.loading(SEAT.find)


@performs(Action.MEMBERS_READ)
@loaded_by("holder_id")
def holder(context: Context) -> Loading[UserRow]:
    """The holder; null if you may not see them, for example because they have left the team."""
    return context.loading(USER.find)


def _audit(
    context: Context, action: str | None, actor_id: str | None, since: date | None, until: date | None
) -> Listing[AuditEventRow]:
    reach, orders = context.reach(Action.AUDIT_READ), context.reach(Action.ORDERS_READ)
    return audit_log.listed(reach, orders, action, actor_id, since, until)


def _held_on(context: Context, product_id: str, day: date) -> Listing[PeriodRow]:
    return history.held_on(context.reach(Action.HISTORY_READ), product_id, day)
