"""The invoice of an order as a PDF, in the language of the home team."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from babel.dates import format_date
from babel.numbers import format_currency, format_decimal, format_percent, get_currency_precision
from fpdf.enums import Align

from db.billing.order_documents import OrderDocument
from db.tables.types import Json
from domain.money import WHOLE_RATE
from gateway.pdf.invoice_texts import TEXTS, InvoiceTexts
from gateway.pdf.paper import SMALL, Column, Paper

LARGE = 18
LABEL, AMOUNT = 40.0, 40.0
"""The widths in millimetres of the columns of labels and of amounts."""


class _Written(NamedTuple):
    """How people write numbers in the language of the document."""

    texts: InvoiceTexts
    language: str
    currency: str

    def money(self, minor: int) -> str:
        digits = get_currency_precision(self.currency)
        return format_currency(Decimal(minor).scaleb(-digits), self.currency, locale=self.language)

    def number(self, value: int) -> str:
        return format_decimal(value, locale=self.language)

    def day(self, value: date | str) -> str:
        day = date.fromisoformat(value) if isinstance(value, str) else value
        return format_date(day, "long", locale=self.language)

    def percent(self, rate: int) -> str:
        return format_percent(Decimal(rate) / WHOLE_RATE, format="#,##0.##%", locale=self.language)


def file_name(document: OrderDocument) -> str:
    """The name of the file."""
    return f"{_number(document)}.pdf"


def write(document: OrderDocument, seller: str) -> bytes:
    """Write the invoice. `seller` is the name and the address of the vendor. It takes up to a second of a processor."""
    texts = TEXTS[document.language]
    written = _Written(texts, document.language.value, document.currency)
    paper = Paper(texts.invoice.format(number=_number(document)), written.language)
    _head(paper, written, document, seller)
    _lines(paper, written, document.lines)
    _sums(paper, written, document)
    return bytes(paper.output())


def _number(document: OrderDocument) -> str:
    return f"INV-{document.number:06d}"


def _head(paper: Paper, written: _Written, document: OrderDocument, seller: str) -> None:
    texts = written.texts
    for line in seller.splitlines():
        paper.write_paragraph(line)
    paper.ln(10)
    paper.write_paragraph(texts.invoice.format(number=_number(document)), LARGE, "B")
    paper.ln(4)
    facts = {
        texts.customer: document.customer,
        texts.contract: f"C-{document.contract:06d}",
        texts.order: f"O-{document.order:06d}",
        texts.issued_on: written.day(document.issued_on),
        texts.due_on: written.day(document.due_on),
    }
    columns = (Column("", LABEL), Column("", paper.epw - LABEL))
    for fact in facts.items():
        paper.write_row(columns, fact)
    paper.ln(6)


def _lines(paper: Paper, written: _Written, lines: Sequence[Json]) -> None:
    texts = written.texts
    columns = (
        Column(texts.product, 75),
        Column(texts.seats, 20, Align.R),
        Column(texts.term_price, 35, Align.R),
        Column(texts.days, 25, Align.R),
        Column(texts.amount, 35, Align.R),
    )
    paper.write_table(columns, (_line(written, line) for line in lines))
    paper.write_paragraph(texts.prorated, SMALL)
    paper.ln(4)


def _line(written: _Written, line: Json) -> list[str]:
    texts = written.texts
    first, last = date.fromisoformat(line["startsOn"]), date.fromisoformat(line["endsOn"])
    period = texts.period.format(first=written.day(first), last=written.day(last))
    days, all_days = written.number((last - first).days + 1), written.number(line["termDays"])
    return [
        f"{line['product']}\n{period}\n{line['team']}",
        written.number(line["quantity"]),
        written.money(line["unitPrice"]),
        texts.days_of.format(days=days, all=all_days),
        written.money(line["amount"]),
    ]


def _sums(paper: Paper, written: _Written, document: OrderDocument) -> None:
    texts = written.texts
    sums = [
        (texts.subtotal, document.subtotal),
        (texts.tax.format(rate=written.percent(document.tax_rate)), document.tax),
        (texts.total, document.total),
    ]
    for note in document.credit_notes:
        number, day = f"CN-{note['number']:06d}", written.day(note["issuedOn"])
        sums.append((texts.credit_note.format(number=number, day=day, reason=note["reason"]), -note["amount"]))
    if document.paid:
        sums.append((texts.paid, -document.paid))
    sums.append((texts.owed, document.owed))
    columns = (Column("", paper.epw - AMOUNT), Column("", AMOUNT, Align.R))
    for label, minor in sums:
        paper.write_row(columns, (label, written.money(minor)))
    paper.ln(6)
    pay = texts.pay.format(day=written.day(document.due_on), number=_number(document))
    paper.write_paragraph(pay if document.owed else texts.nothing_owed)
