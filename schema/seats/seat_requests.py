"""Requests for seats, and the mutations that create, withdraw and answer them."""

from datetime import datetime

import strawberry

from db.seats.seat_requests import RequestRow
from domain.mails import MailState
from domain.seat_requests import MAX_TEXT, RequestState
from resolvers.catalogue import products
from resolvers.core import mail_reasons
from resolvers.seats import seat_request_fields, seat_requests, seats
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.nodes import Node
from schema.core.paging import Edge
from schema.core.payloads import payload
from schema.core.refs import MemberRef, ProductRef, RequestRef, TeamRef, UserRef

publish_enum(MailState)
publish_enum(RequestState)
publish_input(
    seat_requests.RequestSeatInput,
    note=f"Why you need the seat; up to {MAX_TEXT:,} characters.",
    product_id="A product of which the team has seats.",
)
publish_input(seat_requests.WithdrawRequestInput, request_id="One of your own requests.")
publish_input(
    seat_requests.AnswerRequestInput,
    request_id="The request to answer.",
    grant="True to give the asker a seat, false to deny the request.",
    message=f"A message to the asker; up to {MAX_TEXT:,} characters.",
    mode="If no seat is left, the asker joins the waiting list under WAITLIST; otherwise the request stays open.",
)


@shows(RequestRow)
class SeatRequest(Node):
    """A member of a team asks for a seat of a product."""

    state: RequestState = strawberry.field(description="Whether the request is open, or how it ended.")
    note: str | None = strawberry.field(description="What the asker wrote with the request; null if nothing.")
    created_at: datetime = strawberry.field(description="When the member asked.")
    answered_at: datetime | None = strawberry.field(
        description="When the request was answered or withdrawn; null while it is open. If it is granted only because "
        "the asker holds a seat, this is when they got that seat."
    )
    answer: str | None = strawberry.field(description="The message that was sent with the answer; null without one.")
    mail_state: MailState | None = strawberry.field(
        description="What became of the mail with the answer; null if there is no such mail."
    )
    mail_reason: str | None = expose(mail_reasons.mail_reason, str | None)
    team: TeamRef = expose(seats.team, TeamRef)
    product: ProductRef = expose(products.product, ProductRef)
    member: MemberRef | None = expose(seat_request_fields.member, MemberRef | None)
    answered_by: UserRef | None = expose(seat_request_fields.answerer, UserRef | None)


request_seat = expose(
    seat_requests.request_seat,
    payload(
        seat_requests.RequestSeatPayload,
        request=expose(seat_requests.request, SeatRequest | None),
        seat_request_edges=expose(seat_requests.new_request_edges, list[Edge[RequestRef]]),
    )
    | None,
)
withdraw_request = expose(
    seat_requests.withdraw_request,
    payload(seat_requests.WithdrawRequestPayload, request=expose(seat_requests.request, SeatRequest | None)) | None,
)
answer_request = expose(
    seat_requests.answer_request,
    payload(
        seat_requests.AnswerRequestPayload,
        ["deleted_seat_ids"],
        request=expose(seat_requests.request, SeatRequest | None),
    )
    | None,
)
