"""The lists of requests for seats, and the people of a request."""

from db.core.paging import Listing
from db.people.members import MemberRow
from db.people.users import UserRow
from db.seats import seat_requests
from db.seats.seat_requests import RequestRow
from domain.actions import Action
from domain.mails import MailState
from domain.paging import Paging
from domain.seat_requests import RequestState
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.members import MEMBER
from resolvers.people.users import USER


@performs(Action.REQUESTS_READ)
@loaded_by("id")
@paged
def team_requests(
    context: Context,
    state: RequestState | None = None,
    mail_state: MailState | None = None,
    *,
    paging: Paging,
) -> Loading[ConnectionRow[RequestRow]]:
    """The requests of the team's members, in one state or all, the oldest first. A plain user sees only their own."""
    return listing(context, _of_team, paging, state, mail_state)


@performs(Action.REQUESTS_READ)
@loaded_by("id")
@paged
def member_requests(context: Context, paging: Paging) -> Loading[ConnectionRow[RequestRow]]:
    """The requests of this person, the oldest first; only those that you may see."""
    return listing(context, _of_member, paging)


@performs(Action.MEMBERS_READ)
@loaded_by("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """The asker; null if you may not see them."""
    return context.loading(MEMBER.find)


@performs(Action.MEMBERS_READ)
@loaded_by("answered_by")
def answerer(context: Context) -> Loading[UserRow]:
    """The person who answered or withdrew the request; null if you may not see them, and for a partner token."""
    return context.loading(USER.find)


def _of_team(context: Context, state: RequestState | None, mail_state: MailState | None) -> Listing[RequestRow]:
    return seat_requests.listed(context.reach(Action.REQUESTS_READ), state, mail_state)


def _of_member(context: Context) -> Listing[RequestRow]:
    return seat_requests.of_member(context.reach(Action.REQUESTS_READ))
