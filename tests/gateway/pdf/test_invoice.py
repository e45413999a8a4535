"""The invoice as a PDF: its text is read back, in every script, in both languages, and on many pages."""

from datetime import date
from typing import Any

import pytest

from db.billing.order_documents import OrderDocument
from domain.languages import Language
from gateway.pdf import invoice
from tests.support.pdf import pages_of

LINE = {
    "product": "Kiln",
    "team": "Design",
    "quantity": 5,
    "unitPrice": 29_900,
    "startsOn": "2026-03-17",
    "endsOn": "2026-12-31",
    "termDays": 365,
    "amount": 118_781,
}
DOCUMENT = OrderDocument(
    number=12,
    order=34,
    contract=5,
    customer="Byron Works",
    language=Language.EN,
    currency="EUR",
    issued_on=date(2026, 3, 17),
    due_on=date(2026, 4, 16),
    tax_rate=1_900,
    subtotal=118_781,
    tax=22_568,
    total=141_349,
    paid=0,
    credited=0,
    lines=[LINE],
    credit_notes=[],
)
NAMES = [
    "Zoë Müller & Søn",
    "Ωμέγα",
    "Дмитрий",
    "محمد العربي",
    "שרה כהן",
    "शर्मिष्ठा देवी",
    "क्षत्रिय ज्ञान",
    "张伟",
    "陳大文",
    "山田たろう",
    "김철수",
]


def lines_of(seller: str = "Usher", **changes: Any) -> list[str]:
    """The lines of an invoice that fits on a page."""
    [lines] = pages_of(invoice.write(DOCUMENT._replace(**changes), seller))
    return lines


@pytest.mark.parametrize("name", NAMES)
def test_a_name_in_any_script_is_read_back(name: str) -> None:
    lines = lines_of(seller=name, customer=name, lines=[{**LINE, "team": name}])
    assert lines[0] == name
    assert lines.count(name) == 2, "the seller and the team"
    assert any(line in {f"Customer {name}", f"{name} Customer"} for line in lines)


@pytest.mark.parametrize("name", ["设计软件 专业版", "Kiln 山田", "देवी", "العربي"])
def test_what_follows_a_name_in_another_script_is_read_back(name: str) -> None:
    lines = lines_of(lines=[{**LINE, "product": name, "team": name}, LINE])
    assert lines.count(name) == 1, "the team"
    assert any(name in line and line.endswith(" 5 €299.00 290 of 365 €1,187.81") for line in lines)
    assert "Kiln 5 €299.00 290 of 365 €1,187.81" in lines
    assert "Total €1,413.49" in lines


def test_an_invoice_in_english_says_what_is_to_be_paid_for_what() -> None:
    lines = lines_of()
    assert "Invoice INV-000012" in lines
    assert "Kiln 5 €299.00 290 of 365 €1,187.81" in lines
    assert "March 17, 2026 to December 31, 2026" in lines
    assert [line for line in lines if line.startswith(("Subtotal", "Tax", "Total", "Still"))] == [
        "Subtotal €1,187.81",
        "Tax (19%) €225.68",
        "Total €1,413.49",
        "Still to be paid €1,413.49",
    ]
    assert lines[-2:] == [
        "Please transfer the amount that is still to be paid by April 16, 2026, and state INV-000012.",
        "Invoice INV-000012 · 1/1",
    ]


def test_an_invoice_in_german_shows_numbers_and_days_as_in_german() -> None:
    lines = lines_of(language=Language.DE, tax_rate=750)
    assert "Kiln 5 299,00 € 290 von 365 1.187,81 €" in [line.replace("\xa0", " ") for line in lines]
    assert "17. März 2026 bis 31. Dezember 2026" in lines
    assert any(line.startswith("Steuer (7,5") for line in lines)


@pytest.mark.parametrize(("currency", "shown"), [("JPY", "¥118,781"), ("KWD", "118.781"), ("CHF", "1,187.81")])
def test_a_currency_has_its_own_minor_units(currency: str, shown: str) -> None:
    [line] = [line for line in lines_of(currency=currency) if line.startswith("Kiln")]
    assert line.endswith(shown)


def test_an_invoice_shows_what_was_paid_and_credited() -> None:
    note = {"number": 3, "issuedOn": "2026-04-01", "reason": "Two seats too many", "amount": 41_349}
    lines = lines_of(paid=100_000, credited=41_349, credit_notes=[note])
    assert "Credit note CN-000003 of April 1, 2026: Two seats too many -€413.49" in lines
    assert "Paid -€1,000.00" in lines
    assert "Still to be paid €0.00" in lines
    assert "The invoice is paid." in lines


def test_a_long_invoice_has_the_head_of_its_table_on_each_page_and_no_row_on_two() -> None:
    rows = [{**LINE, "product": f"Product {n:03d}", "team": f"Team {n:03d}"} for n in range(120)]
    pages = pages_of(invoice.write(DOCUMENT._replace(lines=rows), "Usher"))
    shown = []
    for page in pages:
        products = [line[8:11] for line in page if line.startswith(("Product 0", "Product 1"))]
        assert [line[5:] for line in page if line.startswith("Team ")] == products
        assert (any(line.startswith("Product and team") for line in page)) == bool(products)
        shown += products
    assert shown == [f"{n:03d}" for n in range(120)]
    assert [page[-1] for page in pages] == [f"Invoice INV-000012 · {n + 1}/{len(pages)}" for n in range(len(pages))]


def test_a_long_name_takes_several_lines() -> None:
    name = "An architect of bridges and of stations " * 6
    assert name.strip() in " ".join(lines_of(customer=name.strip()))
