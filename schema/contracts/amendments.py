"""The mutations that amend subscriptions and contracts."""

from typing import Any

from domain.contracts import MAX_TEAMS
from domain.money import WHOLE_RATE
from domain.subscriptions import MAX_SEATS
from domain.terms import MAX_GRACE_DAYS, MAX_MONTHS
from resolvers.billing import orders
from resolvers.contracts import contract_changes, renewals, seat_additions, seat_moves, seat_reductions
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload
from schema.core.refs import OrderRef

# New seats go to people on waiting lists: nobody loses a seat, and nobody joins a list.
GIVEN = ["deleted_seat_ids", "wait_edges"]
SEEN = {
    "subscription_id": "The id of the subscription.",
    "version": "The `version` of the subscription for which this is meant. If it is another one now, nothing changes.",
}
publish_input(seat_additions.AddSeatsInput, **SEEN, seats=f"How many seats to add. It has {MAX_SEATS:,} at most.")
publish_input(
    seat_reductions.ReduceSeatsInput,
    **SEEN,
    seats="The number of seats from the next term on: at least 1, and fewer than now.",
    seat_ids="Held seats that are to be given up first. Others follow if these are too few.",
)
publish_input(seat_reductions.CancelScheduledChangeInput, change_id="The id of the scheduled change.")
publish_input(renewals.SetAutoRenewInput, **SEEN, auto_renew="Whether it renews itself after its last day.")
publish_input(
    renewals.RenewSubscriptionInput,
    **SEEN,
    months=f"The length of the next term in months, 1 to {MAX_MONTHS}. Without it, the subscription's `months`.",
    seats="The number of seats from the next term on. Without it, the number that is scheduled, or else as now.",
)
publish_input(
    seat_moves.MoveSeatsInput,
    **SEEN,
    to_team_id="The other team that gets the seats. The contract must serve it.",
    seats="How many seats to move. At least 1 stays.",
)
publish_input(
    contract_changes.CreateContractInput,
    team_id="The home team.",
    currency="The currency of all prices: three letters of ISO 4217, such as EUR.",
    tax_rate=f"The tax rate in hundredths of a percent, 0 to {WHOLE_RATE:,}: 1,900 are 19 %.",
    grace_days=f"For how many days after the last day holders keep their seats, 0 to {MAX_GRACE_DAYS}.",
    team_ids=f"Other teams that the contract serves. It serves {MAX_TEAMS} in all at most.",
)
publish_input(
    contract_changes.SetContactPersonInput,
    contract_id="The id of the contract.",
    user_id="A contract manager of the home team; null if all of them are to get the mail.",
)


def _order() -> dict[str, Any]:
    return {"order": expose(orders.order, OrderRef | None)}


add_seats = expose(
    seat_additions.add_seats,
    payload(seat_additions.AddSeatsPayload, GIVEN, **_order()) | None,
)
reduce_seats = expose(seat_reductions.reduce_seats, payload(seat_reductions.ReduceSeatsPayload) | None)
cancel_scheduled_change = expose(
    seat_reductions.cancel_scheduled_change, payload(seat_reductions.CancelScheduledChangePayload) | None
)
set_auto_renew = expose(renewals.set_auto_renew, payload(renewals.SetAutoRenewPayload) | None)
renew_subscription = expose(
    renewals.renew_subscription,
    payload(renewals.RenewSubscriptionPayload, GIVEN, **_order()) | None,
)
move_seats = expose(
    seat_moves.move_seats,
    payload(seat_moves.MoveSeatsPayload, GIVEN, **_order()) | None,
)
create_contract = expose(contract_changes.create_contract, payload(contract_changes.CreateContractPayload) | None)
set_contact_person = expose(
    contract_changes.set_contact_person, payload(contract_changes.SetContactPersonPayload) | None
)
