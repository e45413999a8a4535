"""The mutations that record and reverse payments, and correct invoices."""

from resolvers.billing import payments
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

NUMBER = "The number of the invoice, such as INV-000123."
publish_input(
    payments.RecordPaymentInput,
    invoice_number=NUMBER,
    received_on="The day on which the money came.",
    reference="The reference of the transfer, with which no other payment was recorded.",
    amount="The amount in minor units of the invoice's currency, at most what is owed; null for all that is owed.",
)
publish_input(
    payments.ReversePaymentInput,
    reference="The reference with which the payment was recorded.",
    reason="Why the payment came back, such as the words of the bank; 1 to 500 characters.",
)
publish_input(
    payments.CreditInvoiceInput,
    invoice_number=NUMBER,
    amount="The amount that is not owed, in minor units of the invoice's currency.",
    reason="Why the invoice is corrected; the customer sees it.",
)

record_payment = expose(payments.record_payment, payload(payments.RecordPaymentPayload) | None)
reverse_payment = expose(payments.reverse_payment, payload(payments.ReversePaymentPayload) | None)
credit_invoice = expose(payments.credit_invoice, payload(payments.CreditInvoicePayload) | None)
