"""Requests for seats, and the mutations that make, withdraw and answer them."""

from datetime import datetime

import strawberry

from db.requests import RequestRow
from domain.requests import MAX_TEXT, RequestState
from resolvers import products, requests, seats
from schema.errors import UserError
from schema.fields import accepts, expose, names, shows
from schema.nodes import Node
from schema.refs import MemberRef, ProductRef, SeatRef, TeamRef, UserRef, WaitRef

names(RequestState)
accepts(
    requests.RequestSeatInput, note=f"Why; up to {MAX_TEXT:,} characters.", product_id="A product of the team's pools."
)
accepts(requests.WithdrawRequestInput, request_id="A request of your own.")
accepts(
    requests.AnswerRequestInput,
    request_id="A request for a seat.",
    grant="True to give the asker a seat, false to deny it.",
    message=f"What to say to the asker; up to {MAX_TEXT:,} characters.",
    mode="What becomes of it when no seat is left: under WAITLIST the asker waits, else the request stays open.",
)


@shows(RequestRow)
class SeatRequest(Node):
    """Somebody in a team asks for a seat of a product."""

    state: RequestState = strawberry.field(description="What became of it.")
    note: str | None = strawberry.field(description="What the asker said with it.")
    created_at: datetime
    answered_at: datetime | None = strawberry.field(
        description="When it was answered or withdrawn, or since when the asker holds a seat anyway."
    )
    answer: str | None = strawberry.field(description="What was said with the answer.")
    team: TeamRef = expose(seats.team, TeamRef)
    product: ProductRef = expose(products.product, ProductRef)
    member: MemberRef | None = expose(requests.member, MemberRef | None)
    answered_by: UserRef | None = expose(requests.answerer, UserRef | None)


@shows(requests.RequestSeatPayload)
class RequestSeatPayload:
    """The request; `errors` say why there is none, or no new one."""

    request: SeatRequest | None = expose(requests.request, SeatRequest | None)
    errors: list[UserError]


@shows(requests.WithdrawRequestPayload)
class WithdrawRequestPayload:
    """The request, which is withdrawn now unless `errors` say why not."""

    request: SeatRequest | None = expose(requests.request, SeatRequest | None)
    errors: list[UserError]


@shows(requests.AnswerRequestPayload)
class AnswerRequestPayload:
    """The request as it is now; `errors` say why it was not answered, or what its asker did not get."""

    request: SeatRequest | None = expose(requests.request, SeatRequest | None)
    seat: SeatRef | None = strawberry.field(description="The asker's seat; null when the answer gave none.")
    wait: WaitRef | None = strawberry.field(description="The asker's place in the line, when they wait for a seat.")
    errors: list[UserError]


request_seat = expose(requests.request_seat, RequestSeatPayload | None)
withdraw_request = expose(requests.withdraw_request, WithdrawRequestPayload | None)
answer_request = expose(requests.answer_request, AnswerRequestPayload | None)
