"""Payments and credit notes: never more than is owed, each once, and only by the vendor's staff."""

import asyncio
from datetime import timedelta

import pytest

from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.mutations import Caller, new_caller
from tests.support.orders import invoice_number, order
from tests.support.subscriptions import Made, day, make_contract, make_subscription
from tests.support.world import World

pytestmark = pytest.mark.slow

INVOICES = """
query ($id: ID!) { team(id: $id) { invoices { nodes {
  number status total { amount } paid { amount } credited { amount } owed { amount }
  payments { amount { amount } reference reversedOn } creditNotes { number amount { amount } reason }
} } } }
"""

COUNTS = """
query ($id: ID!) { team(id: $id) {
  open: invoices(status: OPEN) { totalCount } late: invoices(status: OVERDUE) { totalCount }
} }
"""


@pytest.fixture
async def caller(client: Client, world: World) -> Caller:
    """A contract manager of a team who belongs to the vendor's staff, too."""
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    await world.make_vendor(caller.who.id)
    return caller


@pytest.fixture
async def made(caller: Caller) -> Made:
    """A subscription of the team, with a tax of 19 %."""
    contract = await make_contract(caller.world, caller.team)
    return await make_subscription(caller.world, contract, caller.team, (day(-10), day(354)))


async def invoiced(caller: Caller, made: Made, price: int = 10_000) -> str:
    """The number of a new invoice."""
    return await invoice_number(caller.world, await order(caller.world, made, price=price))


async def pay(caller: Caller, number: str, amount: int, reference: str) -> list[tuple[str, int | None]]:
    """Record a payment, and return the errors."""
    given = {"invoiceNumber": number, "amount": str(amount), "receivedOn": day(0).isoformat(), "reference": reference}
    return (await caller.mutate("recordPayment", **given)).errors


async def shown(caller: Caller) -> dict[str, object]:
    """The newest invoice of the team."""
    answer = await caller.client(INVOICES, caller.secret, id=caller.team)
    found: dict[str, object] = answer.data["team"]["invoices"]["nodes"][0]
    return found


async def test_an_invoice_is_paid_in_parts_and_the_rest_is_credited(caller: Caller, made: Made) -> None:
    number = await invoiced(caller, made)
    assert await pay(caller, number, 10_000, f"{number} a") == []
    assert (await caller.mutate("creditInvoice", invoiceNumber=number, amount="1000", reason="Late")).errors == []
    assert (await shown(caller))["status"] == "OPEN"
    assert await pay(caller, number, 900, f"{number} b") == []
    found = await shown(caller)
    note = found.pop("creditNotes")
    assert isinstance(note, list)
    assert note[0]["number"].startswith("CN-")
    assert found == {
        "number": number,
        "status": "PAID",
        "total": {"amount": "11900"},
        "paid": {"amount": "10900"},
        "credited": {"amount": "1000"},
        "owed": {"amount": "0"},
        "payments": [
            {"amount": {"amount": "10000"}, "reference": f"{number} a", "reversedOn": None},
            {"amount": {"amount": "900"}, "reference": f"{number} b", "reversedOn": None},
        ],
    }


@pytest.mark.parametrize(
    ("given", "code"),
    [
        ({"amount": "0"}, "AMOUNT_INVALID"),
        ({"amount": "-5"}, "AMOUNT_INVALID"),
        ({"amount": "11901"}, "AMOUNT_INVALID"),
        ({"amount": str(2**63 - 1)}, "AMOUNT_INVALID"),
        ({"receivedOn": day(1).isoformat()}, "DAY_INVALID"),
        ({"reference": ""}, "REFERENCE_INVALID"),
        ({"reference": " x"}, "REFERENCE_INVALID"),
        ({"reference": "x" * 101}, "REFERENCE_INVALID"),
        ({"reference": "a\nb"}, "REFERENCE_INVALID"),
    ],
)
async def test_a_wrong_payment_is_refused_and_changes_nothing(
    caller: Caller, made: Made, given: dict[str, str], code: str
) -> None:
    number = await invoiced(caller, made)
    usual = {"amount": "100", "receivedOn": day(0).isoformat(), "reference": number}
    before = await caller.world.fingerprint()
    payload = await caller.mutate("recordPayment", invoiceNumber=number, **{**usual, **given})
    assert [found for found, _ in payload.errors] == [code]
    assert await caller.world.fingerprint() == before


async def test_a_reference_is_recorded_once(caller: Caller, made: Made) -> None:
    first, second = [await invoiced(caller, made) for _ in range(2)]
    assert await pay(caller, first, 100, first) == []
    before = await caller.world.fingerprint()
    assert [code for code, _ in await pay(caller, second, 100, first)] == ["REFERENCE_TAKEN"]
    assert await caller.world.fingerprint() == before


@pytest.mark.parametrize("number", ["INV-999999999", "INV-0", "x", "", "1", "INV-1; drop table invoices"])
async def test_an_unknown_invoice_is_not_found(caller: Caller, number: str) -> None:
    before = await caller.world.fingerprint()
    answer = await caller.send(
        "recordPayment", invoiceNumber=number, amount="1", receivedOn=day(0).isoformat(), reference="x"
    )
    assert answer.codes == ["NOT_FOUND"]
    assert await caller.world.fingerprint() == before


@pytest.mark.parametrize("reason", ["", " x", "x" * 501])
async def test_a_credit_note_needs_a_reason(caller: Caller, made: Made, reason: str) -> None:
    number = await invoiced(caller, made)
    before = await caller.world.fingerprint()
    payload = await caller.mutate("creditInvoice", invoiceNumber=number, amount="1", reason=reason)
    assert [code for code, _ in payload.errors] == ["REASON_INVALID"]
    assert await caller.world.fingerprint() == before


async def test_of_many_payments_at_once_no_more_is_recorded_than_is_owed(caller: Caller, made: Made) -> None:
    number = await invoiced(caller, made)
    results = await asyncio.gather(*(pay(caller, number, 5_000, f"{number} {one}") for one in range(16)))
    assert sorted(len(errors) for errors in results) == [0, 0, *[1] * 14]
    assert ((await shown(caller))["paid"], (await shown(caller))["status"]) == ({"amount": "10000"}, "OPEN")


async def test_credit_notes_never_exceed_the_invoice_and_have_numbers_without_gaps(caller: Caller, made: Made) -> None:
    number = await invoiced(caller, made)
    query = "select coalesce(max(number), 0), count(*) from credit_notes where id <> 'credit_kept'"
    [(last, many)] = await fetch_rows(caller.world.database, query)
    credited = [
        caller.mutate("creditInvoice", invoiceNumber=number, amount="3000", reason="Too many") for _ in range(8)
    ]
    results = await asyncio.gather(*credited)
    assert sorted(len(one.errors) for one in results) == [0, 0, 0, *[1] * 5]
    [(now_last, now_many)] = await fetch_rows(caller.world.database, query)
    assert (now_last - last, now_many - many) == (3, 3)


async def test_credit_notes_of_a_third_each_do_not_exceed_the_invoice_by_a_cent(caller: Caller, made: Made) -> None:
    number = await invoiced(caller, made)  # over 11,900, of which a third is 3,966.67
    for amount, fits in (("3967", True), ("3967", True), ("3967", False), ("3966", True), ("1", False)):
        before = await caller.world.fingerprint()
        payload = await caller.mutate("creditInvoice", invoiceNumber=number, amount=amount, reason="A third")
        assert [code for code, _ in payload.errors] == ([] if fits else ["AMOUNT_INVALID"])
        assert (await caller.world.fingerprint() != before) is fits
    found = await shown(caller)
    assert (found["status"], found["credited"], found["owed"]) == ("PAID", {"amount": "11900"}, {"amount": "0"})


async def test_an_unpaid_invoice_is_overdue_after_its_due_day(caller: Caller, made: Made) -> None:
    await order(caller.world, made, on=day(0) - timedelta(31))
    assert (await shown(caller))["status"] == "OVERDUE"
    found = (await caller.client(COUNTS, caller.secret, id=caller.team)).data["team"]
    assert (found["open"]["totalCount"], found["late"]["totalCount"]) == (0, 1)


async def reverse(caller: Caller, reference: str, reason: str = "No money") -> list[str]:
    """Reverse a payment, and return the codes of the errors."""
    return [code for code, _ in (await caller.mutate("reversePayment", reference=reference, reason=reason)).errors]


async def test_what_came_back_is_owed_again_and_told_once(caller: Caller, made: Made) -> None:
    number = await invoiced(caller, made)
    for amount, reference in ((11_000, f"{number} a"), (900, f"{number} b")):
        assert await pay(caller, number, amount, reference) == []
    assert (await shown(caller))["status"] == "PAID"
    assert await reverse(caller, f"{number} b") == []
    found = await shown(caller)
    assert (found["status"], found["paid"], found["owed"]) == ("OPEN", {"amount": "11000"}, {"amount": "900"})
    assert found["payments"] == [
        {"amount": {"amount": "11000"}, "reference": f"{number} a", "reversedOn": None},
        {"amount": {"amount": "900"}, "reference": f"{number} b", "reversedOn": day(0).isoformat()},
    ]
    query = """
    select n.kind, n.user_id, n.delivery from notices n join invoices i on i.id = n.data ->> 'invoiceId'
    where n.team_id = $1"""
    told = await fetch_rows(caller.world.database, query, caller.team)
    assert told == [("payment_failed", caller.who.id, "at_once")]
    before = await caller.world.fingerprint()
    assert await reverse(caller, f"{number} b") == ["PAYMENT_REVERSED"]
    assert [code for code, _ in await pay(caller, number, 900, f"{number} b")] == ["REFERENCE_TAKEN"]
    assert await caller.world.fingerprint() == before
    assert await pay(caller, number, 900, f"{number} c") == []
    assert (await shown(caller))["status"] == "PAID"


async def test_a_reversal_is_audited_with_what_came_back(caller: Caller, made: Made) -> None:
    number = await invoiced(caller, made)
    await pay(caller, number, 900, number)
    assert await reverse(caller, number) == []
    query = "select before, after from audit_events where team_id = $1 and action = 'payments:record' order by id"
    [recorded, came_back] = await fetch_rows(caller.world.database, query, caller.team)
    assert (recorded[1], recorded[0]) == (came_back[0], came_back[1])


@pytest.mark.parametrize("reason", ["", " x", "x" * 501])
async def test_a_reversal_needs_a_reason(caller: Caller, made: Made, reason: str) -> None:
    number = await invoiced(caller, made)
    await pay(caller, number, 900, number)
    before = await caller.world.fingerprint()
    assert await reverse(caller, number, reason) == ["REASON_INVALID"]
    assert await caller.world.fingerprint() == before


async def test_an_unknown_payment_is_not_found(caller: Caller) -> None:
    before = await caller.world.fingerprint()
    assert (await caller.send("reversePayment", reference="nobody paid", reason="x")).codes == ["NOT_FOUND"]
    assert await caller.world.fingerprint() == before


async def test_of_many_reversals_at_once_one_is_noted(caller: Caller, made: Made) -> None:
    number = await invoiced(caller, made)
    for reference in (f"{number} a", f"{number} b"):
        await pay(caller, number, 5_000, reference)
    results = await asyncio.gather(*(reverse(caller, f"{number} a") for _ in range(8)))
    assert sorted(results) == [[], *[["PAYMENT_REVERSED"]] * 7]
    assert (await shown(caller))["paid"] == {"amount": "5000"}


async def test_a_part_that_is_not_paid_is_overdue_too(caller: Caller, made: Made) -> None:
    number = await invoice_number(caller.world, await order(caller.world, made, on=day(0) - timedelta(31)))
    assert await pay(caller, number, 11_899, number) == []
    found = await shown(caller)
    assert (found["status"], found["owed"]) == ("OVERDUE", {"amount": "1"})
