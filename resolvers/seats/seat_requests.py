"""Requests for seats: members ask for a seat, and coordinators answer."""

from dataclasses import dataclass, field
from typing import Any

import strawberry

from db.audit.audit_log import PersonalValues
from db.people import members
from db.queue import jobs
from db.seats import allocation, seat_requests
from db.seats.allocation import Allocated
from db.seats.seat_requests import RequestRow
from db.seats.seats import SeatRow
from db.seats.waits import WaitRow
from domain.actions import Action
from domain.bulk import BulkMode
from domain.mails import REQUEST_ANSWERED, RequestAnsweredMail
from domain.problems import BadInput, UserError, UserErrorCode
from domain.roles import Role
from domain.seat_requests import MAX_TEXT, RequestState
from domain.seats import DIRECT
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.changed_lists import SeatLists, told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs, require_row
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.prior_states import may_tell
from resolvers.core.relations import one
from resolvers.core.relay import BY_ID, EdgeRow

ALREADY_ANSWERED = "This request has already been answered or withdrawn; read it again."


@dataclass
class RequestSeatInput(MutationInput):
    """The product that you ask for, the team, and the reason."""

    team_id: strawberry.ID
    product_id: strawberry.ID
    note: str | None = None


@dataclass
class WithdrawRequestInput(MutationInput):
    """The request to withdraw."""

    request_id: strawberry.ID


@dataclass
class AnswerRequestInput(MutationInput):
    """The request, the answer to it, and a message to the asker."""

    request_id: strawberry.ID
    grant: bool
    message: str | None = None
    mode: BulkMode = BulkMode.ALL_OR_NOTHING


@dataclass
class RequestSeatPayload:
    """The request. `errors` say why there is none, or why it is not a new one."""

    request_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)
    is_new: strawberry.Private[bool] = False


@dataclass
class WithdrawRequestPayload:
    """The request. It is withdrawn now, unless `errors` say why it is not."""

    request_id: strawberry.Private[str | None] = None
    errors: list[UserError] = field(default_factory=list)


@dataclass
class AnswerRequestPayload(SeatLists):
    """The request after the change. `errors` say why it was not answered, or what the asker did not get."""

    request_id: strawberry.Private[str | None] = None
    seat: SeatRow | None = field(
        default=None, metadata={"description": "The seat that the asker got by this answer; null if they got none."}
    )
    wait: WaitRow | None = field(
        default=None, metadata={"description": "The place of the asker on the waiting list; null if they do not wait."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.REQUESTS_CREATE)
async def request_seat(change: Change, input: RequestSeatInput) -> RequestSeatPayload:
    """Ask for a seat of a product. A coordinator or a contract manager of the team answers.

    After each of these errors, nothing has changed. NO_POOL: the team has no seats of the product. ALREADY_ASSIGNED:
    you hold a seat. WAITING: you wait for one. ALREADY_REQUESTED: you have an open request, which is returned. All but
    NO_POOL are information. Raises NOT_FOUND for the team or the product, FORBIDDEN (always for a partner token).
    """
    team = await change.team(input.team_id)
    asker = facts.acts_for(change.actor) or ""
    # Refuse before anything is locked; decide again with the lock, because the asker may have been removed meanwhile.
    change.require([_asker_facts(change, team.id, asker)])
    await members.lock(change.connection, team.id, [asker])
    await change.reload_actor()
    await change.decide(_asker_facts(change, team.id, asker))
    product = await change.product(input.product_id)
    note = _stripped(input.note, "note")
    status = await seat_requests.asker_status(change.connection, team.id, product.id, asker)
    if status.holds:
        return _not_requested(UserErrorCode.ALREADY_ASSIGNED, "You already hold a seat of this product.")
    if status.waits:
        return _not_requested(UserErrorCode.WAITING, "You are already on the waiting list for a seat of this product.")
    if not status.pooled:
        return _not_requested(UserErrorCode.NO_POOL, "Your team has no seats of this product.")
    id_, new = await seat_requests.create(change.connection, team.id, product.id, asker, note)
    if not new:
        message = "You have already asked for a seat of this product, and nobody has answered yet."
        error = UserError(UserErrorCode.ALREADY_REQUESTED, message, ["productId"])
        return RequestSeatPayload(id_, [error])
    people = [] if note is None else [PersonalValues(asker, {}, {"note": note})]
    await change.record(team.id, id_, {}, {"product": product.id, "user": asker}, people=people)
    return RequestSeatPayload(id_, is_new=True)


@mutation(Action.REQUESTS_CREATE)
async def withdraw_request(change: Change, input: WithdrawRequestInput) -> WithdrawRequestPayload:
    """Withdraw one of your own requests. If it is already withdrawn, nothing changes.

    REQUEST_ANSWERED: somebody has already answered it. Raises NOT_FOUND for the request, FORBIDDEN if it is not yours.
    """
    request = await _request(change, input.request_id)
    await change.decide(_asker_facts(change, request.team_id, request.user_id))
    if await seat_requests.answer(change.connection, request, RequestState.WITHDRAWN, change.by, None):
        after = {"product": request.product_id, "user": request.user_id, "state": RequestState.WITHDRAWN}
        await change.record(request.team_id, request.id, {"state": RequestState.OPEN}, after)
        return WithdrawRequestPayload(request.id)
    if (await _request(change, request.id)).state is RequestState.WITHDRAWN:
        return WithdrawRequestPayload(request.id)
    return WithdrawRequestPayload(request.id, [_already_answered()])


@mutation(Action.REQUESTS_ANSWER)
async def answer_request(change: Change, input: AnswerRequestInput) -> AnswerRequestPayload:
    """Grant or deny a request. To grant it gives the asker a seat as `assignSeats` does, and needs the same rights.

    The asker gets a mail. NO_SEAT_LEFT: no seat is left, and the request stays open; under WAITLIST it is granted
    instead, and the asker joins the waiting list (WAITING, which is information). ALREADY_ASSIGNED (information): the
    request is granted, but the asker already holds a seat that was assigned directly. REQUEST_ANSWERED: the request is
    no longer open, and nothing has changed. Raises NOT_FOUND for the request, FORBIDDEN.
    """
    request = await _request(change, input.request_id)
    target = facts.team(change.actor, request.team_id)
    change.require([target])
    if input.grant:
        seat = facts.seat(change.actor, request.team_id, request.user_id)
        change.require_also(Action.SEATS_ASSIGN, seat)
    reply = _stripped(input.message, "message")
    await members.lock(change.connection, request.team_id, [request.user_id])
    await change.decide(target)
    request = await _request(change, request.id)  # deleted if the asker has left the team
    return await _grant(change, request, reply, input.mode) if input.grant else await _deny(change, request, reply)


@performs(Action.REQUESTS_READ)
@loaded_by("request_id")
def request(context: Context) -> Loading[RequestRow]:
    """The request after the change; null if there is none."""
    return context.loading(REQUEST.find)


@performs(Action.REQUESTS_READ)
@told
async def new_request_edges(root: RequestSeatPayload, info: Info) -> list[EdgeRow[RequestRow]]:
    """The request, with its place among the requests of the team and of the asker; empty if it is not a new one."""
    ids = [root.request_id] if root.request_id is not None and root.is_new else []
    return [EdgeRow(row, (row.id,), BY_ID) for row in await info.context.loading(REQUEST.find).load_all(ids)]


async def _grant(change: Change, request: RequestRow, reply: str | None, mode: BulkMode) -> AnswerRequestPayload:
    savepoint = await change.connection.savepoint()
    if not await seat_requests.answer(change.connection, request, RequestState.GRANTED, change.by, reply):
        return AnswerRequestPayload(request.id, errors=[_already_answered()])
    pool = (request.team_id, request.product_id)
    given = await allocation.give(change.connection, *pool, [request.user_id], DIRECT, change.by, mode=mode)
    if given.unserved:
        await savepoint.rollback()
        message = "No seat of this product is left; the request stays open."
        return AnswerRequestPayload(request.id, errors=[UserError(UserErrorCode.NO_SEAT_LEFT, message)])
    payload = AnswerRequestPayload(request.id, next(iter(given.seats), None), next(iter(given.waiting), None))
    payload.note_given(*pool, given)
    code = UserErrorCode.ALREADY_ASSIGNED
    if given.already_held and may_tell(change, code, request.team_id, request.user_id):
        message = "The asker already holds a seat of this product."
        payload.errors.append(UserError(code, message))
    if (wait := payload.wait) is not None:
        message = f"No seat of this product is left; the asker is on the waiting list, at position {wait.position}."
        payload.errors.append(UserError(UserErrorCode.WAITING, message))
    await _record(change, request, RequestState.GRANTED, reply, **_seats_for_audit(given))
    return payload


async def _deny(change: Change, request: RequestRow, reply: str | None) -> AnswerRequestPayload:
    if not await seat_requests.answer(change.connection, request, RequestState.DENIED, change.by, reply):
        return AnswerRequestPayload(request.id, errors=[_already_answered()])
    await _record(change, request, RequestState.DENIED, reply)
    return AnswerRequestPayload(request.id)


def _seats_for_audit(given: Allocated) -> dict[str, Any]:
    changed: dict[str, Any] = {
        **allocation.assigned_or_kept(given.seats, given.kept),
        "waiting": [wait.user_id for wait in given.waiting],
        "promoted": {seat.id: seat.holder_id for seat in given.promoted},
    }
    return {what: found for what, found in changed.items() if found}


async def _record(change: Change, request: RequestRow, state: RequestState, message: str | None, **seats: Any) -> None:
    after = {"product": request.product_id, "user": request.user_id, "state": state, **seats}
    people = [] if message is None else [PersonalValues(request.user_id, {}, {"answer": message})]
    await change.record(request.team_id, request.id, {"state": RequestState.OPEN}, after, people=people)
    mail = RequestAnsweredMail(request.team_id, request.id)
    await jobs.enqueue(change.connection, REQUEST_ANSWERED, [mail])


async def _request(change: Change, id_: str) -> RequestRow:
    """The request with this id, if the actor may see it. Raises NotFound."""
    found = await seat_requests.by_ids(change.connection, change.reach(Action.REQUESTS_READ), [id_])
    return require_row(found, id_, "request")


def _asker_facts(change: Change, team_id: str, user_id: str) -> facts.Member:
    manager = facts.roles(change.actor).get(team_id) is Role.CONTRACT_MANAGER
    return facts.member(change.actor, team_id, user_id, contract_manager=manager)


def _not_requested(code: UserErrorCode, message: str) -> RequestSeatPayload:
    return RequestSeatPayload(errors=[UserError(code, message, ["productId"])])


def _already_answered() -> UserError:
    return UserError(UserErrorCode.REQUEST_ANSWERED, ALREADY_ANSWERED, ["requestId"])


def _stripped(text: str | None, name: str) -> str | None:
    """The text without white space at its ends; None if it is empty. Raises BadInput if it is too long."""
    stripped = (text or "").strip()
    if len(stripped) > MAX_TEXT:
        raise BadInput(f"`{name}` must have at most {MAX_TEXT:,} characters.")
    return stripped or None


def _abilities(policy: Policy, actor: Actor, row: RequestRow) -> Abilities:
    asker, team = facts.member(actor, row.team_id, row.user_id), facts.team(actor, row.team_id)
    return {
        Action.REQUESTS_READ: policy.explain(actor, Action.REQUESTS_READ, asker),
        Action.REQUESTS_CREATE: policy.explain(actor, Action.REQUESTS_CREATE, asker),
        Action.REQUESTS_ANSWER: policy.explain(actor, Action.REQUESTS_ANSWER, team),
        Action.SEATS_ASSIGN: policy.explain(actor, Action.SEATS_ASSIGN, facts.seat(actor, row.team_id, row.user_id)),
    }


REQUEST = NodeKind("request", RequestRow, one(seat_requests.BY_IDS, Action.REQUESTS_READ), _abilities, explained=True)
