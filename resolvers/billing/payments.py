"""The mutations of the vendor's staff that record and reverse payments, and correct invoices."""

import re
from dataclasses import dataclass, field
from datetime import date

from db.billing import invoices, payments
from db.billing.invoices import InvoiceRow
from db.billing.payments import Owed, Reversed
from db.notices import notices
from db.notices.notices import NewNotice
from domain.actions import Action
from domain.money import BigInt
from domain.notices import NoticeKind
from domain.problems import NotFound, UserError, UserErrorCode
from domain.reach import Reach
from policies import facts
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation

NUMBER = re.compile(r"INV-0*([1-9][0-9]{0,17})", re.ASCII)
MAX_REFERENCE, MAX_REASON = 100, 500
REFERENCE_RULE = f"A reference has 1 to {MAX_REFERENCE} characters, and no blank at its ends."
REASON_RULE = f"A reason has 1 to {MAX_REASON} characters, and no blank at its ends."


@dataclass
class RecordPaymentInput(MutationInput):
    """A payment: the number of its invoice, such as INV-000123, its day, its reference and its amount."""

    invoice_number: str
    received_on: date
    reference: str
    amount: BigInt | None = None


@dataclass
class ReversePaymentInput(MutationInput):
    """A payment that came back, by its reference, and why."""

    reference: str
    reason: str


@dataclass
class CreditInvoiceInput(MutationInput):
    """A correction: the number of its invoice, such as INV-000123, the amount that is not owed, and why."""

    invoice_number: str
    amount: BigInt
    reason: str


@dataclass
class RecordPaymentPayload:
    """The invoice after the payment. `errors` say why none was recorded."""

    invoice: InvoiceRow | None = field(
        default=None, metadata={"description": "The invoice after the payment; null if none was recorded."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class ReversePaymentPayload:
    """The invoice without the payment. `errors` say why it was not reversed."""

    invoice: InvoiceRow | None = field(
        default=None, metadata={"description": "The invoice without the payment; null if it was not reversed."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class CreditInvoicePayload:
    """The invoice after the correction. `errors` say why it was not corrected."""

    invoice: InvoiceRow | None = field(
        default=None, metadata={"description": "The invoice after the correction; null if it was not corrected."}
    )
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.PAYMENTS_RECORD)
async def record_payment(change: Change, input: RecordPaymentInput) -> RecordPaymentPayload:
    """Record a payment of an invoice that was received. Only the vendor's staff may do it.

    AMOUNT_INVALID: not positive, or more than is owed. DAY_INVALID: a day in the future. REFERENCE_INVALID.
    REFERENCE_TAKEN: a payment has this reference already. Raises NOT_FOUND for the invoice, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    invoice = await _invoice(change, input.invoice_number)
    amount = invoice.owed if input.amount is None else int(input.amount)
    errors = _amount_errors(invoice, amount)
    if input.received_on > change.context.today:
        message = "A payment was received today (UTC) or before."
        errors.append(UserError(UserErrorCode.DAY_INVALID, message, ["receivedOn"]))
    if not _is_text(input.reference, MAX_REFERENCE):
        errors.append(UserError(UserErrorCode.REFERENCE_INVALID, REFERENCE_RULE, ["reference"]))
    if errors:
        return RecordPaymentPayload(errors=errors)
    savepoint = await change.connection.savepoint()
    paid = (amount, input.received_on, input.reference)
    recorded = await payments.pay(change.connection, invoice, *paid, change.by)
    if recorded is None:
        return RecordPaymentPayload(errors=[_too_much(await _invoice(change, input.invoice_number))])
    if recorded.id is None:
        await savepoint.rollback()
        message = "A payment has this reference already: this one was recorded before."
        return RecordPaymentPayload(errors=[UserError(UserErrorCode.REFERENCE_TAKEN, message, ["reference"])])
    values = {"payment": recorded.id, "amount": amount, "currency": invoice.currency}
    await change.record(invoice.team_id, invoice.invoice_id, {}, {**values, "reference": input.reference})
    return RecordPaymentPayload(await _present(change, invoice))


@mutation(Action.PAYMENTS_RECORD)
async def reverse_payment(change: Change, input: ReversePaymentInput) -> ReversePaymentPayload:
    """Note that a payment came back: the bank took it back, or it was recorded by mistake. Only the vendor's staff may.

    Its amount is owed again, and the contact person of the contract is told by mail. The reference is not free again.
    REASON_INVALID. PAYMENT_REVERSED: that was noted before. Raises NOT_FOUND for the payment, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    payment_id = await payments.by_reference(change.connection, input.reference)
    if payment_id is None:
        raise NotFound("payment")
    if not _is_text(input.reason, MAX_REASON):
        return ReversePaymentPayload(errors=[UserError(UserErrorCode.REASON_INVALID, REASON_RULE, ["reason"])])
    reversed_ = await payments.reverse(change.connection, payment_id, change.context.today, input.reason, change.by)
    if reversed_ is None:
        message = "The payment was reversed before."
        return ReversePaymentPayload(errors=[UserError(UserErrorCode.PAYMENT_REVERSED, message, ["reference"])])
    await notices.queue(change.connection, [_failed(reversed_)])
    values = {"payment": payment_id, "amount": reversed_.amount, "currency": reversed_.currency}
    await change.record(reversed_.team_id, reversed_.invoice_id, {**values, "reference": input.reference}, {})
    return ReversePaymentPayload(await _present(change, reversed_))


@mutation(Action.PAYMENTS_RECORD)
async def credit_invoice(change: Change, input: CreditInvoiceInput) -> CreditInvoicePayload:
    """Correct an invoice by a credit note over what is not owed. Only the vendor's staff may do it.

    What was paid cannot be credited: pay it back, and record that outside of Usher. AMOUNT_INVALID: not positive, or
    more than is owed. REASON_INVALID. Raises NOT_FOUND for the invoice, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    invoice = await _invoice(change, input.invoice_number)
    errors = _amount_errors(invoice, input.amount)
    if not _is_text(input.reason, MAX_REASON):
        errors.append(UserError(UserErrorCode.REASON_INVALID, REASON_RULE, ["reason"]))
    if errors:
        return CreditInvoicePayload(errors=errors)
    credited = (int(input.amount), change.context.today, input.reason)
    recorded = await payments.credit(change.connection, invoice, *credited, change.by)
    if recorded is None:
        return CreditInvoicePayload(errors=[_too_much(await _invoice(change, input.invoice_number))])
    values = {"creditNote": recorded.id, "amount": int(input.amount), "currency": invoice.currency}
    await change.record(invoice.team_id, invoice.invoice_id, {}, values)
    return CreditInvoicePayload(await _present(change, invoice))


async def _invoice(change: Change, number: str) -> Owed:
    """The invoice with this number. Raises NotFound."""
    match = NUMBER.fullmatch(number.strip())
    found = match and await payments.by_number(change.connection, int(match[1]))
    if not found:
        raise NotFound("invoice")
    return found


def _failed(payment: Reversed) -> NewNotice:
    data = {"invoiceId": payment.invoice_id, "paymentId": payment.payment_id}
    key = f"{NoticeKind.PAYMENT_FAILED}:{payment.payment_id}"
    return NewNotice(payment.team_id, payment.contract_id, NoticeKind.PAYMENT_FAILED, key, data)


async def _present(change: Change, invoice: Owed | Reversed) -> InvoiceRow:
    """The invoice as it is now. The staff sees it, although it belongs to no team."""
    reach = Reach(teams=(invoice.team_id,))
    [row] = await invoices.BY_IDS.rows(change.connection, reach, [invoice.invoice_id])
    return row


def _amount_errors(invoice: Owed, amount: int) -> list[UserError]:
    return [] if 0 < amount <= invoice.owed else [_too_much(invoice)]


def _too_much(invoice: Owed) -> UserError:
    message = f"An amount is positive, and at most what is owed: {invoice.owed} in minor units of {invoice.currency}."
    return UserError(UserErrorCode.AMOUNT_INVALID, message, ["amount"])


def _is_text(value: str, longest: int) -> bool:
    return 0 < len(value) <= longest and value == value.strip() and value.isprintable()
