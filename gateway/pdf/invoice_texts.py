"""The texts of invoices, in each language. The names in braces are filled in."""

from dataclasses import dataclass

from domain.languages import Language


@dataclass(frozen=True)
class InvoiceTexts:
    """The texts of an invoice in one language."""

    invoice: str
    customer: str
    contract: str
    order: str
    issued_on: str
    due_on: str
    product: str
    seats: str
    term_price: str
    days: str
    days_of: str
    amount: str
    period: str
    subtotal: str
    tax: str
    total: str
    credit_note: str
    paid: str
    owed: str
    nothing_owed: str
    pay: str
    prorated: str


TEXTS = {
    Language.EN: InvoiceTexts(
        invoice="Invoice {number}",
        customer="Customer",
        contract="Contract",
        order="Order",
        issued_on="Date",
        due_on="To be paid by",
        product="Product and team",
        seats="Seats",
        term_price="Price of a seat for the term",
        days="Days",
        days_of="{days} of {all}",
        amount="Amount",
        period="{first} to {last}",
        subtotal="Subtotal",
        tax="Tax ({rate})",
        total="Total",
        credit_note="Credit note {number} of {day}: {reason}",
        paid="Paid",
        owed="Still to be paid",
        nothing_owed="The invoice is paid.",
        pay="Please transfer the amount that is still to be paid by {day}, and state {number}.",
        prorated="Each amount is the price of its seats for the days of its line, rounded once.",
    ),
    Language.DE: InvoiceTexts(
        invoice="Rechnung {number}",
        customer="Kunde",
        contract="Vertrag",
        order="Bestellung",
        issued_on="Datum",
        due_on="Zahlbar bis",
        product="Produkt und Team",
        seats="Plätze",
        term_price="Preis eines Platzes für die Laufzeit",
        days="Tage",
        days_of="{days} von {all}",
        amount="Betrag",
        period="{first} bis {last}",
        subtotal="Zwischensumme",
        tax="Steuer ({rate})",
        total="Gesamtbetrag",
        credit_note="Gutschrift {number} vom {day}: {reason}",
        paid="Bezahlt",
        owed="Noch zu zahlen",
        nothing_owed="Die Rechnung ist bezahlt.",
        pay="Bitte überweisen Sie den offenen Betrag bis zum {day}, und geben Sie {number} an.",
        prorated="Jeder Betrag ist der Preis der Plätze für die Tage der Zeile, einmal gerundet.",
    ),
}
