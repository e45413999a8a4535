"""A value that cannot be stored, or that a client made up, is refused, and does not affect other fields."""

import base64
import json

import pytest

from domain.paging import cursor
from tests.conftest import Answer, Client
from tests.gateway.conftest import Company
from tests.support.argument_queries import ArgumentQuery, argument_queries

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchanged")]

TYPES = ("String", "ID")
TEXTS = {"NUL": "a\0b", "NUL alone": "\0", "very long": "x" * 100_000, "no ASCII": "Þ" * 300}
READS = {str(query): query for query in argument_queries(*TYPES)}
BESIDE = "a: teams { nodes { pools { total } } } b: viewer { email seats { nodes { sources { since } } } }"


async def ask(client: Client, ours: Company, read: ArgumentQuery, value: object, beside: str = "") -> Answer:
    """Send a query, with this value of the argument and with more fields beside it.

    It is sent as our coordinator, or as one of the vendor's staff if it is for them.
    """
    given = {"team": ours.team, "user": ours.user.id, "product": ours.product}
    query = read.operation(given).removesuffix("}") + f"{beside} }}"
    sender = ours.vendor if read.fields.startswith(("companies", "company")) else ours.coordinator
    return await client(query, sender.secret, value=value, **given)


def is_settled(answer: Answer) -> bool:
    """Return whether the answer has data or a clear error."""
    clear = {"BAD_USER_INPUT", "NOT_FOUND", "GRAPHQL_VALIDATION_FAILED"}
    return answer.status in {200, 400} and set(answer.codes) <= clear and "Traceback" not in str(answer.content)


@pytest.mark.parametrize("text", TEXTS.values(), ids=TEXTS.keys())
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
async def test_any_text_in_an_argument_is_accepted_or_refused_clearly(
    client: Client, ours: Company, read: ArgumentQuery, text: str
) -> None:
    answer = await ask(client, ours, read, text)
    assert is_settled(answer), answer


@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
async def test_a_nul_in_one_field_does_not_affect_others(client: Client, ours: Company, read: ArgumentQuery) -> None:
    answer = await ask(client, ours, read, "\0", BESIDE)
    assert is_settled(answer), answer


@pytest.mark.parametrize("nul", ["\\u0000", "\\u{0}", "\\u{00000}"])
async def test_a_nul_in_the_document_is_refused(client: Client, ours: Company, nul: str) -> None:
    answer = await client(f'{{ node(id: "a{nul}") {{ id }} }}', ours.coordinator.secret)
    assert (answer.status, answer.codes) == (400, ["BAD_USER_INPUT"])


@pytest.mark.parametrize("value", [{"a": 1}, ["a", "b"], 1.5, True])
@pytest.mark.parametrize("read", READS.values(), ids=READS.keys())
async def test_a_value_of_another_type_is_refused(
    client: Client, ours: Company, read: ArgumentQuery, value: object
) -> None:
    answer = await ask(client, ours, read, value)
    assert answer.status == 400
    assert answer.codes == ["GRAPHQL_VALIDATION_FAILED"]


CURSORS = {
    "no base64": "!!!",
    "no JSON": base64.urlsafe_b64encode(b"abc").decode(),
    "nested": base64.urlsafe_b64encode(b"[" * 50_000).decode(),
    "another order": cursor("email", ("a", "b")),
    "too few keys": cursor("id", ()),
    "too many keys": cursor("id", ("a", "b")),
    "a NUL": cursor("id", ("a\0",)),
    "a lone surrogate": cursor("id", ("\ud800",)),
    "a number": base64.urlsafe_b64encode(json.dumps(["id", 7]).encode()).decode(),
    "empty": "",
}


@pytest.mark.parametrize("made_up", CURSORS.values(), ids=CURSORS.keys())
@pytest.mark.parametrize("read", [read for read in READS.values() if read.path in {"after", "before"}], ids=str)
async def test_a_made_up_cursor_is_refused(client: Client, ours: Company, read: ArgumentQuery, made_up: str) -> None:
    answer = await ask(client, ours, read, made_up)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert f"`{read.path}` is" in answer.content["errors"][0]["message"]


@pytest.mark.parametrize("size", [-(2**31), -1, 0, 101, 2**31 - 1])
@pytest.mark.parametrize("read", [one for one in argument_queries("Int") if one.path in {"first", "last"}], ids=str)
async def test_a_page_has_1_to_100_rows(client: Client, ours: Company, read: ArgumentQuery, size: int) -> None:
    answer = await ask(client, ours, read, size)
    assert answer.codes == ["BAD_USER_INPUT"]
    assert answer.content["errors"][0]["message"] == f"`{read.path}` must be between 1 and 100; it is {size}."


USAGE = (
    "query($id: ID!, $a: Date, $b: Date) { node(id: $id) { ... on Seat { usage(since: $a, until: $b) { hours } } } }"
)


@pytest.mark.parametrize("day", ["", "today", "2026-02-30", "2026-13-01", "0000-01-01", "10000-01-01", 7, ["a"]])
async def test_an_invalid_day_is_refused(client: Client, ours: Company, day: object) -> None:
    answer = await client(USAGE, ours.coordinator.secret, id=ours.seat, a=day)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])


@pytest.mark.parametrize(
    ("since", "until"), [("2026-01-02", "2026-01-01"), ("2025-01-01", "2026-01-02"), ("0001-01-01", "9999-12-31")]
)
async def test_a_range_without_a_day_or_with_over_366_days_is_refused(
    client: Client, ours: Company, since: str, until: str
) -> None:
    answer = await client(USAGE, ours.coordinator.secret, id=ours.seat, a=since, b=until)
    assert answer.codes == ["BAD_USER_INPUT"]


@pytest.mark.parametrize(
    ("since", "until"),
    [(None, "0001-01-01"), ("0001-01-01", "0001-01-01"), ("9999-12-31", "9999-12-31"), ("2024-01-01", "2024-12-31")],
)
async def test_any_range_of_the_calendar_is_accepted(client: Client, ours: Company, since: str, until: str) -> None:
    answer = await client(USAGE, ours.coordinator.secret, id=ours.seat, a=since, b=until)
    assert answer.data["node"]["usage"]["hours"] == 0


@pytest.mark.parametrize(
    "document", ["{ teams(first: %s) { totalCount } }", "query($n: Int = %s) { teams(first: $n) { totalCount } }"]
)
async def test_a_number_of_5000_digits_is_refused(client: Client, ours: Company, document: str) -> None:
    answer = await client(document % ("9" * 5_000), ours.coordinator.secret)
    assert (answer.status, answer.codes) == (400, ["GRAPHQL_VALIDATION_FAILED"])
