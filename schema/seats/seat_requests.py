"""Requests for seats, and the mutations that make, withdraw and answer them."""

from datetime import datetime

import strawberry

from db.seats.seat_requests import RequestRow
from domain.seat_requests import MAX_TEXT, RequestState
from resolvers.catalogue import products
from resolvers.seats import seat_requests, seats
from schema.core.fields import accepts, expose, names, shows
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import MemberRef, ProductRef, TeamRef, UserRef

names(RequestState)
accepts(
    seat_requests.RequestSeatInput,
    note=f"Why; up to {MAX_TEXT:,} characters.",
    product_id="A product of the team's pools.",
)
accepts(seat_requests.WithdrawRequestInput, request_id="A request of your own.")
accepts(
    seat_requests.AnswerRequestInput,
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
    member: MemberRef | None = expose(seat_requests.member, MemberRef | None)
    answered_by: UserRef | None = expose(seat_requests.answerer, UserRef | None)


request_seat = expose(
    seat_requests.request_seat,
    payload(seat_requests.RequestSeatPayload, request=expose(seat_requests.request, SeatRequest | None)) | None,
)
withdraw_request = expose(
    seat_requests.withdraw_request,
    payload(seat_requests.WithdrawRequestPayload, request=expose(seat_requests.request, SeatRequest | None)) | None,
)
answer_request = expose(
    seat_requests.answer_request,
    payload(seat_requests.AnswerRequestPayload, request=expose(seat_requests.request, SeatRequest | None)) | None,
)
