"""Importing people from a file: the report, the invitations, and a number of statements that does not grow."""

from collections import Counter
from typing import Any

import orjson
import pytest

from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Caller, Payload, audit_rows, new_caller, operation
from tests.support.world import World, counter

pytestmark = pytest.mark.slow

HEADER = "First name,Last name,Email address,Group"
COUNTS = "rows imported skipped rejected seats waiting"


def rows(*cells: str, header: str = HEADER) -> str:
    """The text of a file with this header and these rows."""
    return "\n".join((header, *cells))


def good_rows(number: int) -> list[str]:
    """This number of valid rows."""
    return [f"Ada{n},Byron,ada{n}@tests.example," for n in (next(counter) for _ in range(number))]


async def imported(caller: Caller, text: str, **more: Any) -> Payload:
    """Import a text into the caller's team."""
    return await caller.mutate("importMembers", teamId=caller.team, text=text, **more)


def counts(result: Payload) -> tuple[int, int, int, int]:
    """The counts of rows, imported, skipped and rejected; checks that the first is the sum of the others."""
    content = result.content
    found = (content["rows"], content["imported"], content["skipped"], content["rejected"])
    assert found[0] == sum(found[1:])
    return found


def problems(result: Payload) -> list[tuple[int | None, str | None, str]]:
    """The line, column and reason of each problem."""
    return [(one["line"], one["column"], one["reason"]) for one in result.content["problems"]]


async def names(caller: Caller) -> list[tuple[str, str]]:
    """The name and role of each pending member of the caller's team."""
    query = (
        "query ($id: ID!) { team(id: $id) { members(first: 100, filter: {status: PENDING}) "
        "{ nodes { role user { name } } } } }"
    )
    nodes = (await caller.client(query, caller.secret, id=caller.team)).data["team"]["members"]["nodes"]
    return [(one["user"]["name"], one["role"]) for one in nodes]


async def test_the_people_in_the_file_are_invited_as_plain_users(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    group = await world.group(caller.team, "Design")
    result = await imported(caller, rows("Ada,Byron,ada@t.example,design", '"Hopper, G.",Grace,grace@t.example,'))
    assert (counts(result), result.content["problems"], result.errors) == ((2, 2, 0, 0), [], [])
    assert sorted(await names(caller)) == [("Ada Byron", "USER"), ("Hopper, G. Grace", "USER")]
    [row] = await audit_rows(world, caller.team)
    assert (row.action, len(row.after["invited"])) == ("members:import", 2)
    assert list(row.after["joined"].values()) == [[group]]


async def test_a_file_can_be_sent_in_a_multipart_request(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    content = "\ufeffEmail address;First name;Last name\r\nžofie@t.example;Žofie;Nováková\r\n".encode()
    values = {"query": operation("importMembers"), "variables": {"input": {"teamId": caller.team, "file": None}}}
    response = await client.http.post(
        "/graphql",
        data={"operations": orjson.dumps(values).decode(), "map": '{"0": ["variables.input.file"]}'},
        files={"0": ("people.csv", content, "text/csv")},
        headers={"authorization": f"Bearer {caller.secret}", "usher-require-preflight": "1"},
    )
    assert counts(Payload(response.json()["data"]["importMembers"])) == (1, 1, 0, 0)
    assert await names(caller) == [("Žofie Nováková", "USER")]


@pytest.mark.parametrize("given", [{}, {"text": HEADER, "file": None}, {"text": None}])
async def test_an_import_needs_either_a_file_or_a_text(client: Client, world: World, given: dict[str, Any]) -> None:
    caller = await new_caller(client, world, seats=0)
    answer = await caller.send("importMembers", teamId=caller.team, **given)
    assert answer.codes == ([] if given.get("text") else ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(None, None, "HEADER_MISSING")]),
        (HEADER, [(None, None, "ROWS_MISSING")]),
        ("Named,Email address,Email address\nA,b@c.example,", [
            (1, "Named", "COLUMN_UNKNOWN"), (1, "Email address", "COLUMN_REPEATED"),
            (1, "First name", "COLUMN_MISSING"), (1, "Last name", "COLUMN_MISSING"),
        ]),
        (rows(*["A,B,c@d.example,"] * 5_001), [(5_002, None, "TOO_MANY_ROWS")]),
    ],
    ids=["empty", "no rows", "header", "5,001 rows"],
)  # fmt: skip
async def test_a_file_that_is_refused_as_a_whole_changes_nothing(
    client: Client, world: World, text: str, found: list[Any]
) -> None:
    caller = await new_caller(client, world, seats=0)
    before = await world.fingerprint()
    result = await imported(caller, text, mode="BEST_EFFORT")
    assert (problems(result), counts(result), await world.fingerprint()) == (found, (0, 0, 0, 0), before)


async def test_problems_that_depend_on_the_team_are_reported_among_the_others_in_the_order_of_lines(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=0)
    member = await world.member(caller.team)
    await world.group(await world.team(), "Foreign")
    file = rows(
        "A,B,a@told.example,Foreign",
        f"A,B,{member.email.upper()},",
        "A,B,b@told.example,",
        "A,B,c@told.example,",
        ",,d@told.example,",
    )
    result = await imported(caller, file, mode="BEST_EFFORT")
    assert problems(result) == [
        (2, "Group", "GROUP_NOT_FOUND"),
        (3, "Email address", "ALREADY_MEMBER"),
        (6, "First name", "VALUE_MISSING"),
    ]
    assert [one["isInformation"] for one in result.content["problems"]] == [False, True, False]
    assert counts(result) == (5, 2, 1, 2)


async def test_two_spellings_of_one_address_are_one_person(client: Client, world: World) -> None:
    caller, n = await new_caller(client, world, seats=0), next(counter)
    result = await imported(caller, rows(f"A,B,kim{n}@t.example,", f"A,B,\u212aim{n}@t.example,"), mode="BEST_EFFORT")
    assert (problems(result), counts(result)) == ([(3, "Email address", "EMAIL_REPEATED")], (2, 1, 0, 1))


async def test_under_all_or_nothing_one_bad_row_stops_the_import(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=9)
    before = await world.fingerprint()
    result = await imported(caller, rows(*good_rows(3), "A,B,nobody,"), productId=caller.product)
    assert (counts(result), problems(result)) == ((4, 0, 3, 1), [(5, "Email address", "EMAIL_INVALID")])
    assert await world.fingerprint() == before


@pytest.mark.parametrize(
    ("mode", "outcome", "held", "reasons"),
    [
        ("ALL_OR_NOTHING", (3, 0, 2, 1), 0, ["NO_SEAT_LEFT"]),
        ("BEST_EFFORT", (3, 3, 0, 0), 2, ["NO_SEAT_LEFT"]),
        ("WAITLIST", (3, 3, 0, 0), 2, ["WAITING"]),
    ],
)
async def test_a_shortage_of_seats_is_reported_and_handled_by_the_mode(
    client: Client, world: World, mode: str, outcome: tuple[int, ...], held: int, reasons: list[str]
) -> None:
    caller = await new_caller(client, world, seats=2)
    result = await imported(caller, rows(*good_rows(3)), productId=caller.product, mode=mode)
    assert (counts(result), result.content["seats"], len(await caller.holders())) == (outcome, held, held)
    assert problems(result) == [(4, None, reason) for reason in reasons]
    assert result.content["waiting"] == (mode == "WAITLIST")


async def test_the_seat_of_an_imported_person_is_a_direct_assignment(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    await imported(caller, rows(*good_rows(1)), productId=caller.product)
    query = "query ($id: ID!) { node(id: $id) { ... on Seat { sources { kind group { id } } } } }"
    [row] = await audit_rows(world, caller.team)
    [(seat, _)] = row.after["assigned"].items()
    assert (await client(query, caller.secret, id=seat)).data["node"] == {
        "sources": [{"kind": "DIRECT", "group": None}]
    }


async def test_an_imported_person_gets_one_seat_if_their_group_gives_the_same_product(
    client: Client, world: World
) -> None:
    caller = await new_caller(client, world, seats=1)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    result = await imported(caller, rows("Ada,Byron,ada@two.example,Design"), productId=caller.product)
    assert (counts(result), result.content["seats"], len(await caller.holders())) == ((1, 1, 0, 0), 1, 1)


async def test_a_dry_run_gives_the_same_report_and_changes_nothing(client: Client, world: World) -> None:
    caller, file = await new_caller(client, world, seats=1), rows(*good_rows(2), "A,B,nobody,")
    values = {"productId": caller.product, "mode": "WAITLIST"}
    before = await world.fingerprint()
    dry = await imported(caller, file, **values, dryRun=True)
    assert await world.fingerprint() == before
    assert (await imported(caller, file, **values)).report == dry.report


# A bad row of each kind, with its column and reason; `{n}` is replaced by a number.
BAD = [
    ("Ada,Byron,no address {n},", "Email address", "EMAIL_INVALID"),
    ("Ada,Byron,a{n}@@t.example,", "Email address", "EMAIL_INVALID"),
    (", ,a{n}@t.example,", "First name", "VALUE_MISSING"),
    ("Ada,Byron,,", "Email address", "VALUE_MISSING"),
    ("Ada\u0007,Byron,c{n}@t.example,", "First name", "NAME_INVALID"),
    ("Ada," + "y" * 101 + ",d{n}@t.example,", "Last name", "NAME_INVALID"),
    ("Ada,Byron,e{n}@t.example,Nowhere", "Group", "GROUP_NOT_FOUND"),
    ("Ada,Byron,f{n}@t.example,Design,more", None, "TOO_MANY_COLUMNS"),
    ("Ada,Byron", "Email address", "TOO_FEW_COLUMNS"),
    ("Ada,Byron,FIRST@bulk.example,", "Email address", "EMAIL_REPEATED"),
]


def vendor_file(good: int, bad: int) -> tuple[str, list[tuple[int, str | None, str]]]:
    """A file of good rows with bad ones spread among them, and the line, column and reason of each bad row."""
    lines = ["Ada,Byron,first@bulk.example,Design"]
    lines += [f"Zoë {n},O'Brien-{n},person{n}@bulk.example,{'design' if n % 3 else ''}" for n in range(1, good)]
    expected, step = [], good // bad
    for n in range(bad):
        row, column, reason = BAD[n % len(BAD)]
        at = 1 + n * (step + 1)
        lines.insert(at, row.format(n=n))
        expected.append((at + 2, column, reason))
    return rows(*lines), expected


async def test_the_report_on_5000_rows_with_137_bad_ones_is_exact_and_a_second_import_changes_nothing(
    client: Client, world: World, statements: list[str]
) -> None:
    small, caller = await new_caller(client, world, seats=5), await new_caller(client, world, seats=5_000)
    for one in (small, caller):
        await world.group(one.team, "Design")
    # The first change of a process also stores the text of the policy.
    await small.mutate("createGroup", teamId=small.team, name="Crew")
    statements.clear()
    await imported(small, vendor_file(5, 137)[0], productId=small.product, mode="BEST_EFFORT")
    of_few, file, expected = len(statements), *vendor_file(5_000 - 137, 137)
    values = {"productId": caller.product, "mode": "BEST_EFFORT"}
    statements.clear()
    result = await imported(caller, file, **values)
    # The person is read once more, before a request of this size is parsed.
    assert len(statements) == of_few + 1
    assert (counts(result), result.content["seats"]) == ((5_000, 4_863, 0, 137), 4_863)
    assert problems(result) == expected
    assert {reason for _, _, reason in expected} == {reason for _, _, reason in BAD}
    before = await world.fingerprint()
    again = await imported(caller, file, **values)
    assert (counts(again), again.content["seats"]) == ((5_000, 0, 4_863, 137), 0)
    assert [one for one in problems(again) if one[2] != "ALREADY_MEMBER"] == expected
    assert Counter(reason for _, _, reason in problems(again))["ALREADY_MEMBER"] == 4_863
    assert await world.fingerprint() == before


@pytest.mark.parametrize("number", [1, 60])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(
    client: Client, world: World, statements: list[str], number: int
) -> None:
    caller = await new_caller(client, world, seats=100)
    group = await world.group(caller.team, "Design")
    await world.add_group_product(caller.team, group, caller.product)
    file = rows(*(row + "Design" for row in good_rows(number)), *(["A,B,nobody,"] * number))
    values = {"teamId": caller.team, "text": file, "productId": caller.product, "mode": "BEST_EFFORT"}
    statements.clear()
    await client(operation("importMembers", COUNTS), caller.secret, input=values)
    assert len(statements) == 21


async def test_5000_bad_rows_are_all_rejected(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=0)
    file = rows(*(f"A,B,p{n}@slow.example,Nowhere" for n in range(5_000)))
    before = await world.fingerprint()
    assert counts(await imported(caller, file, mode="BEST_EFFORT")) == (5_000, 0, 0, 5_000)
    assert await world.fingerprint() == before
