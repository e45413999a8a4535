"""Requests for seats: members ask for what they lack, coordinators answer."""

from dataclasses import dataclass, field
from typing import Any

import strawberry

from db.core.paging import Listing
from db.people import members
from db.people.members import MemberRow
from db.people.users import UserRow
from db.queue import jobs
from db.seats import allocation, seat_requests
from db.seats.allocation import Given
from db.seats.seat_requests import RequestRow
from db.seats.seats import SeatRow
from db.seats.waiting_list import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.mails import REQUEST_ANSWERED, RequestAnsweredMail
from domain.paging import DEFAULT_SIZE
from domain.problems import BadInput, UserError, UserErrorCode
from domain.roles import Role
from domain.seat_requests import MAX_TEXT, RequestState
from domain.seats import DIRECT
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.fields import of_each
from resolvers.core.loaders import Loading
from resolvers.core.mutations import Change, MutationInput, mutation, one, performs
from resolvers.core.node_kinds import Abilities, NodeKind, readable
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.members import MEMBER
from resolvers.people.users import USER

ANSWERED = "This request has been answered, or withdrawn, already; look at it again."


@dataclass
class RequestSeatInput(MutationInput):
    """Which product of which team you ask for, and why."""

    team_id: strawberry.ID
    product_id: strawberry.ID
    note: str | None = None


@dataclass
class WithdrawRequestInput(MutationInput):
    """Which of your requests to withdraw."""

    request_id: strawberry.ID


@dataclass
class AnswerRequestInput(MutationInput):
    """Which request to answer, how, and what to say with it."""

    request_id: strawberry.ID
    grant: bool
    message: str | None = None
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class RequestSeatPayload:
    """The request; `errors` say why there is none, or no new one."""

    request_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@dataclass
class WithdrawRequestPayload:
    """The request, which is now withdrawn unless `errors` say why not."""

    request_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@dataclass
class AnswerRequestPayload:
    """The request as it is now; `errors` say why it was not answered, or what the asker did not get."""

    request_id: strawberry.Private[str | None] = None
    seat: SeatRow | None = field(
        default=None, metadata={"description": "The seat of the asker; null if the answer gave none."}
    )
    wait: WaitRow | None = field(
        default=None, metadata={"description": "The place of the asker on the waiting list, if they wait for a seat."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.REQUESTS_CREATE)
async def request_seat(change: Change, input: RequestSeatInput) -> RequestSeatPayload:
    """Ask for a seat of a product that you lack; whoever coordinates the team answers.

    NO_POOL (the team has no seats of the product), and as information ALREADY_ASSIGNED (you hold one),
    WAITING (you wait for one), ALREADY_REQUESTED (with your open request): then nothing has changed.
    Raises NOT_FOUND for the team or the product, FORBIDDEN (also for every partner token).
    """
    team = await change.team(input.team_id)
    asker = facts.acts_for(change.actor) or ""
    # Refused before anything is locked; then looked at again, since a removal may have been in the way.
    change.require([_asker(change, team.id, asker)])
    await members.lock(change.connection, team.id, [asker])
    await change.look_again()
    await change.decide(_asker(change, team.id, asker))
    product = await change.product(input.product_id)
    note = _text(input.note, "note")
    stands = await seat_requests.standing(change.connection, team.id, product.id, asker)
    if stands.holds:
        return _needless(UserErrorCode.ALREADY_ASSIGNED, "You hold a seat of this product already.")
    if stands.waits:
        return _needless(
            UserErrorCode.WAITING, "You wait for a seat of this product already, and get one in your turn."
        )
    if not stands.pooled:
        return _needless(UserErrorCode.NO_POOL, "Your team has no seats of this product.")
    id_, new = await seat_requests.create(change.connection, team.id, product.id, asker, note)
    if not new:
        message = "You have asked for a seat of this product already; nobody has answered yet."
        error = UserError(UserErrorCode.ALREADY_REQUESTED, message, ["productId"])
        return RequestSeatPayload(id_, [error])
    await change.record(team.id, id_, {}, {"product": product.id, "user": asker, "note": note})
    return RequestSeatPayload(id_)


@mutation(Action.REQUESTS_CREATE)
async def withdraw_request(change: Change, input: WithdrawRequestInput) -> WithdrawRequestPayload:
    """Take a request of your own back. Withdrawing one that is withdrawn changes nothing.

    REQUEST_ANSWERED when somebody has answered it. Raises NOT_FOUND for the request, FORBIDDEN for another's.
    """
    request = await _request(change, input.request_id)
    await change.decide(_asker(change, request.team_id, request.user_id))
    if await seat_requests.answer(change.connection, request, RequestState.WITHDRAWN, change.by, None):
        after = {"product": request.product_id, "user": request.user_id, "state": RequestState.WITHDRAWN}
        await change.record(request.team_id, request.id, {"state": RequestState.OPEN}, after)
        return WithdrawRequestPayload(request.id)
    if (await _request(change, request.id)).state is RequestState.WITHDRAWN:
        return WithdrawRequestPayload(request.id)
    return WithdrawRequestPayload(request.id, [_answered()])


@mutation(Action.REQUESTS_ANSWER)
async def answer_request(change: Change, input: AnswerRequestInput) -> AnswerRequestPayload:
    """Answer a request; granting it gives the asker a seat as `assignSeats` does, and takes the same rights.

    The asker is told by mail. NO_SEAT_LEFT leaves the request open; under WAITLIST it is granted, and the asker waits
    for a seat (WAITING, which is information). ALREADY_ASSIGNED (information) when they hold one given by
    hand already. REQUEST_ANSWERED when somebody else was faster: then nothing has changed.
    Raises NOT_FOUND for the request, FORBIDDEN.
    """
    request = await _request(change, input.request_id)
    target = facts.team(change.actor, request.team_id)
    change.require([target])
    if input.grant:
        seat = facts.seat(change.actor, request.team_id, request.user_id)
        change.require_along(Action.SEATS_ASSIGN, seat)
    said = _text(input.message, "message")
    await members.lock(change.connection, request.team_id, [request.user_id])
    await change.decide(target)
    request = await _request(change, request.id)  # it goes with its asker
    return await _granted(change, request, said, input.mode) if input.grant else await _denied(change, request, said)


@performs(Action.REQUESTS_READ)
@of_each("id")
def team_requests(
    context: Context, state: RequestState | None = None, first: int = DEFAULT_SIZE, after: str | None = None
) -> Loading[ConnectionRow[RequestRow]]:
    """What members ask for, the oldest request first: in one state, or in all. A plain user sees only their own."""
    return listing(context, _of_team, first, after, state)


@performs(Action.REQUESTS_READ)
@of_each("id")
def member_requests(
    context: Context, first: int = DEFAULT_SIZE, after: str | None = None
) -> Loading[ConnectionRow[RequestRow]]:
    """What this person asked for, the oldest request first; as far as you may see."""
    return listing(context, _of_member, first, after)


@performs(Action.REQUESTS_READ)
@of_each("request_id")
def request(context: Context) -> Loading[RequestRow]:
    """The request, as it is now; null when there is none."""
    return context.loading(REQUEST.find)


@performs(Action.MEMBERS_READ)
@of_each("member_id")
def member(context: Context) -> Loading[MemberRow]:
    """Who asks; null where you may not see who."""
    return context.loading(MEMBER.find)


@performs(Action.MEMBERS_READ)
@of_each("answered_by")
def answerer(context: Context) -> Loading[UserRow]:
    """Who answered it, or withdrew it; null where you may not see them, and for a partner token."""
    return context.loading(USER.find)


async def _granted(change: Change, request: RequestRow, said: str | None, mode: BulkMode) -> AnswerRequestPayload:
    async with change.connection.begin_nested() as attempt:
        if not await seat_requests.answer(change.connection, request, RequestState.GRANTED, change.by, said):
            return AnswerRequestPayload(request.id, errors=[_answered()])
        pool = (request.team_id, request.product_id)
        given = await allocation.give(change.connection, *pool, [request.user_id], DIRECT, change.by, mode=mode)
        if given.short:
            await attempt.rollback()
            message = "No seat of this product is left; the request stays open."
            return AnswerRequestPayload(request.id, errors=[UserError(UserErrorCode.NO_SEAT_LEFT, message)])
    payload = AnswerRequestPayload(request.id, next(iter(given.seats), None), next(iter(given.waiting), None))
    if given.settled:
        message = "The asker holds a seat of it already."
        payload.errors.append(UserError(UserErrorCode.ALREADY_ASSIGNED, message))
    if payload.wait is not None:
        message = f"No seat of this product is left; the asker waits for one, at position {payload.wait.position}."
        payload.errors.append(UserError(UserErrorCode.WAITING, message))
    await _record(change, request, RequestState.GRANTED, said, **_gave(given))
    return payload


async def _denied(change: Change, request: RequestRow, said: str | None) -> AnswerRequestPayload:
    if not await seat_requests.answer(change.connection, request, RequestState.DENIED, change.by, said):
        return AnswerRequestPayload(request.id, errors=[_answered()])
    await _record(change, request, RequestState.DENIED, said)
    return AnswerRequestPayload(request.id)


def _gave(given: Given) -> dict[str, Any]:
    changed: dict[str, Any] = {
        "assigned": {seat.id: seat.holder_id for seat in given.seats},
        "waiting": [wait.user_id for wait in given.waiting],
        "promoted": {seat.id: seat.holder_id for seat in given.promoted},
    }
    return {what: found for what, found in changed.items() if found}


async def _record(change: Change, request: RequestRow, state: RequestState, said: str | None, **gave: Any) -> None:
    after = {"product": request.product_id, "user": request.user_id, "state": state, "answer": said, **gave}
    await change.record(request.team_id, request.id, {"state": RequestState.OPEN}, after)
    mail = RequestAnsweredMail(request.team_id, request.id)
    await jobs.enqueue(change.connection, REQUEST_ANSWERED, [mail])


async def _request(change: Change, id_: str) -> RequestRow:
    """A request the actor may see. Raises NotFound."""
    return one(await seat_requests.by_ids(change.connection, change.reach(Action.REQUESTS_READ), [id_]), id_, "request")


def _asker(change: Change, team_id: str, user_id: str) -> facts.Member:
    manager = facts.roles(change.actor).get(team_id) is Role.CONTRACT_MANAGER
    return facts.member(change.actor, team_id, user_id, contract_manager=manager)


def _needless(code: UserErrorCode, message: str) -> RequestSeatPayload:
    return RequestSeatPayload(errors=[UserError(code, message, ["productId"])])


def _answered() -> UserError:
    return UserError(UserErrorCode.REQUEST_ANSWERED, ANSWERED, ["requestId"])


def _text(given: str | None, name: str) -> str | None:
    """What was said, without white space around it; None for nothing. Raises BadInput for too much."""
    said = (given or "").strip()
    if len(said) > MAX_TEXT:
        raise BadInput(f"`{name}` must have at most {MAX_TEXT:,} characters.")
    return said or None


def _of_team(context: Context, state: RequestState | None) -> Listing[RequestRow]:
    return seat_requests.listed(context.reach(Action.REQUESTS_READ), state)


def _of_member(context: Context) -> Listing[RequestRow]:
    return seat_requests.of_member(context.reach(Action.REQUESTS_READ))


def _abilities(policy: Policy, actor: Actor, row: RequestRow) -> Abilities:
    asker, team = facts.member(actor, row.team_id, row.user_id), facts.team(actor, row.team_id)
    return {
        Action.REQUESTS_READ: policy.explain(actor, Action.REQUESTS_READ, asker),
        Action.REQUESTS_CREATE: policy.explain(actor, Action.REQUESTS_CREATE, asker),
        Action.REQUESTS_ANSWER: policy.explain(actor, Action.REQUESTS_ANSWER, team),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, facts.seat(actor, row.team_id, row.user_id)),
    }


REQUEST = NodeKind(
    "request", RequestRow, readable(seat_requests.by_ids, Action.REQUESTS_READ), _abilities, explained=True
)
