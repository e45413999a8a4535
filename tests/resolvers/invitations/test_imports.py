"""Importing people from a file: the report, what is imported, and that nothing depends on the number of rows."""

import time
from collections import Counter
from typing import Any

import orjson
import pytest

from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import Desk, Told, audit_rows, desk_of, operation
from tests.support.world import World, counter

HEADER = "First name,Last name,Email address,Group"
FEW = "rows imported skipped rejected seats waiting"


def rows(*cells: str, header: str = HEADER) -> str:
    """A file with these rows."""
    return "\n".join((header, *cells))


def fresh(number: int) -> list[str]:
    """So many good rows."""
    return [f"Ada{n},Byron,ada{n}@tests.example," for n in (next(counter) for _ in range(number))]


async def imported(desk: Desk, text: str, **more: Any) -> Told:
    """Import a text into the desk's team."""
    return await desk.tell("importMembers", teamId=desk.team, text=text, **more)


def counts(told: Told) -> tuple[int, int, int, int]:
    """Rows, imported, skipped, rejected: the first is the sum of the others."""
    content = told.content
    found = (content["rows"], content["imported"], content["skipped"], content["rejected"])
    assert found[0] == sum(found[1:])
    return found


def problems(told: Told) -> list[tuple[int | None, str | None, str]]:
    """Line, column and reason of each problem."""
    return [(one["line"], one["column"], one["reason"]) for one in told.content["problems"]]


async def names(desk: Desk) -> list[tuple[str, str]]:
    """Who is pending in the desk's team, and their role."""
    query = (
        "query ($id: ID!) { team(id: $id) { members(first: 100, filter: {status: PENDING}) "
        "{ nodes { role user { name } } } } }"
    )
    nodes = (await desk.client(query, desk.secret, id=desk.team)).data["team"]["members"]["nodes"]
    return [(one["user"]["name"], one["role"]) for one in nodes]


async def test_who_is_in_the_file_is_invited_as_a_plain_user(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    group = await world.group(desk.team, "Design")
    told = await imported(desk, rows("Ada,Byron,ada@t.example,design", '"Hopper, G.",Grace,grace@t.example,'))
    assert (counts(told), told.content["problems"], told.said) == ((2, 2, 0, 0), [], [])
    assert sorted(await names(desk)) == [("Ada Byron", "USER"), ("Hopper, G. Grace", "USER")]
    [row] = await audit_rows(world, desk.team)
    assert (row.action, len(row.after["invited"])) == ("members:import", 2)
    assert list(row.after["joined"].values()) == [[group]]


async def test_a_file_comes_in_a_multipart_request_too(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    content = "\ufeffEmail address;First name;Last name\r\nžofie@t.example;Žofie;Nováková\r\n".encode()
    asked = {"query": operation("importMembers"), "variables": {"input": {"teamId": desk.team, "file": None}}}
    response = await client.http.post(
        "/graphql",
        data={"operations": orjson.dumps(asked).decode(), "map": '{"0": ["variables.input.file"]}'},
        files={"0": ("people.csv", content, "text/csv")},
        headers={"authorization": f"Bearer {desk.secret}", "usher-require-preflight": "1"},
    )
    assert counts(Told(response.json()["data"]["importMembers"])) == (1, 1, 0, 0)
    assert await names(desk) == [("Žofie Nováková", "USER")]


@pytest.mark.parametrize("given", [{}, {"text": HEADER, "file": None}, {"text": None}])
async def test_there_is_either_a_file_or_a_text(client: Client, world: World, given: dict[str, Any]) -> None:
    desk = await desk_of(client, world, seats=0)
    answer = await desk.send("importMembers", teamId=desk.team, **given)
    assert answer.codes == ([] if given.get("text") else ["BAD_USER_INPUT"])


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", [(None, None, "HEADER_MISSING")]),
        (HEADER, [(None, None, "ROWS_MISSING")]),
        ("Name,Email address,Email address\nA,b@c.example,", [
            (1, "Name", "COLUMN_UNKNOWN"), (1, "Email address", "COLUMN_REPEATED"),
            (1, "First name", "COLUMN_MISSING"), (1, "Last name", "COLUMN_MISSING"),
        ]),
        (rows(*["A,B,c@d.example,"] * 5_001), [(5_002, None, "TOO_MANY_ROWS")]),
    ],
    ids=["empty", "no rows", "header", "5,001 rows"],
)  # fmt: skip
async def test_a_file_that_is_refused_as_a_whole_changes_nothing(
    client: Client, world: World, text: str, found: list[Any]
) -> None:
    desk = await desk_of(client, world, seats=0)
    before = await world.fingerprint()
    told = await imported(desk, text, mode="BEST_EFFORT")
    assert (problems(told), counts(told), await world.fingerprint()) == (found, (0, 0, 0, 0), before)


async def test_what_only_the_team_knows_is_told_with_the_rest_in_the_order_of_the_lines(
    client: Client, world: World
) -> None:
    desk = await desk_of(client, world, seats=0)
    member = await world.member(desk.team)
    await world.group(await world.team(), "Foreign")
    file = rows(
        "A,B,a@told.example,Foreign",
        f"A,B,{member.email.upper()},",
        "A,B,b@told.example,",
        "A,B,c@told.example,",
        "A,,d@told.example,",
    )
    told = await imported(desk, file, mode="BEST_EFFORT")
    assert problems(told) == [
        (2, "Group", "GROUP_NOT_FOUND"),
        (3, "Email address", "ALREADY_MEMBER"),
        (6, "Last name", "VALUE_MISSING"),
    ]
    assert [one["isInformation"] for one in told.content["problems"]] == [False, True, False]
    assert counts(told) == (5, 2, 1, 2)


async def test_spellings_that_are_one_account_are_one_person(client: Client, world: World) -> None:
    desk, n = await desk_of(client, world, seats=0), next(counter)
    told = await imported(desk, rows(f"A,B,kim{n}@t.example,", f"A,B,\u212aim{n}@t.example,"), mode="BEST_EFFORT")
    assert (problems(told), counts(told)) == ([(3, "Email address", "EMAIL_REPEATED")], (2, 1, 0, 1))


async def test_under_all_or_nothing_one_bad_row_stops_all(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=9)
    before = await world.fingerprint()
    told = await imported(desk, rows(*fresh(3), "A,B,nobody,"), productId=desk.product)
    assert (counts(told), problems(told)) == ((4, 0, 3, 1), [(5, "Email address", "EMAIL_INVALID")])
    assert await world.fingerprint() == before


@pytest.mark.parametrize(
    ("mode", "outcome", "held", "reasons"),
    [
        ("ALL_OR_NOTHING", (3, 0, 2, 1), 0, ["NO_SEAT_LEFT"]),
        ("BEST_EFFORT", (3, 3, 0, 0), 2, ["NO_SEAT_LEFT"]),
        ("WAITLIST", (3, 3, 0, 0), 2, ["WAITING"]),
    ],
)
async def test_a_shortage_of_seats_is_told_and_handled_as_declared(
    client: Client, world: World, mode: str, outcome: tuple[int, ...], held: int, reasons: list[str]
) -> None:
    desk = await desk_of(client, world, seats=2)
    told = await imported(desk, rows(*fresh(3)), productId=desk.product, mode=mode)
    assert (counts(told), told.content["seats"], len(await desk.holders())) == (outcome, held, held)
    assert problems(told) == [(4, None, reason) for reason in reasons]
    assert told.content["waiting"] == (mode == "WAITLIST")


async def test_a_seat_given_in_an_import_is_given_by_who_imports(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=1)
    await imported(desk, rows(*fresh(1)), productId=desk.product)
    query = "query ($id: ID!) { node(id: $id) { ... on Seat { sources { kind group { id } } } } }"
    [row] = await audit_rows(world, desk.team)
    [(seat, _)] = row.after["assigned"].items()
    assert (await client(query, desk.secret, id=seat)).data["node"] == {"sources": [{"kind": "DIRECT", "group": None}]}


async def test_imported_people_get_what_their_group_gives_and_one_seat_for_two_reasons(
    client: Client, world: World
) -> None:
    desk = await desk_of(client, world, seats=1)
    group = await world.group(desk.team, "Design")
    await world.gives(desk.team, group, desk.product)
    told = await imported(desk, rows("Ada,Byron,ada@two.example,Design"), productId=desk.product)
    assert (counts(told), told.content["seats"], len(await desk.holders())) == ((1, 1, 0, 0), 1, 1)


async def test_a_dry_run_reports_the_same_and_changes_nothing(client: Client, world: World) -> None:
    desk, file = await desk_of(client, world, seats=1), rows(*fresh(2), "A,B,nobody,")
    asked = {"productId": desk.product, "mode": "WAITLIST"}
    before = await world.fingerprint()
    dry = await imported(desk, file, **asked, dryRun=True)
    assert await world.fingerprint() == before
    assert (await imported(desk, file, **asked)).content == dry.content


# One bad row of each kind for a number, with its column and reason.
BAD = [
    ("Ada,Byron,no address {n},", "Email address", "EMAIL_INVALID"),
    ("Ada,Byron,a{n}@@t.example,", "Email address", "EMAIL_INVALID"),
    (",Byron,a{n}@t.example,", "First name", "VALUE_MISSING"),
    ("Ada,,b{n}@t.example,", "Last name", "VALUE_MISSING"),
    ("Ada,Byron,,", "Email address", "VALUE_MISSING"),
    ("Ada\u0007,Byron,c{n}@t.example,", "First name", "NAME_INVALID"),
    ("Ada," + "y" * 101 + ",d{n}@t.example,", "Last name", "NAME_INVALID"),
    ("Ada,Byron,e{n}@t.example,Nowhere", "Group", "GROUP_NOT_FOUND"),
    ("Ada,Byron,f{n}@t.example,Design,more", None, "TOO_MANY_COLUMNS"),
    ("Ada,Byron", "Email address", "TOO_FEW_COLUMNS"),
    ("Ada,Byron,FIRST@bulk.example,", "Email address", "EMAIL_REPEATED"),
]


def vendor_file(good: int, bad: int) -> tuple[str, list[tuple[int, str | None, str]]]:
    """A file of good rows with bad ones spread among them, and what must be said of it."""
    lines = ["Ada,Byron,first@bulk.example,Design"]
    lines += [f"Zoë {n},O'Brien-{n},person{n}@bulk.example,{'design' if n % 3 else ''}" for n in range(1, good)]
    said, step = [], good // bad
    for n in range(bad):
        row, column, reason = BAD[n % len(BAD)]
        at = 1 + n * (step + 1)
        lines.insert(at, row.format(n=n))
        said.append((at + 2, column, reason))
    return rows(*lines), said


async def test_the_report_on_5000_rows_with_137_bad_ones_is_exact_and_twice_changes_nothing(
    client: Client, world: World
) -> None:
    desk = await desk_of(client, world, seats=5_000)
    await world.group(desk.team, "Design")
    file, said = vendor_file(5_000 - 137, 137)
    asked = {"productId": desk.product, "mode": "BEST_EFFORT"}
    started = time.perf_counter()
    told = await imported(desk, file, **asked)
    took = time.perf_counter() - started
    assert (counts(told), told.content["seats"]) == ((5_000, 4_863, 0, 137), 4_863)
    assert problems(told) == said
    assert {reason for _, _, reason in said} == {reason for _, _, reason in BAD}
    assert took < 5
    before = await world.fingerprint()
    again = await imported(desk, file, **asked)
    assert (counts(again), again.content["seats"]) == ((5_000, 0, 4_863, 137), 0)
    assert [one for one in problems(again) if one[2] != "ALREADY_MEMBER"] == said
    assert Counter(reason for _, _, reason in problems(again))["ALREADY_MEMBER"] == 4_863
    assert await world.fingerprint() == before


@pytest.mark.parametrize("number", [1, 60])
async def test_the_number_of_statements_does_not_depend_on_the_number_of_rows(
    client: Client, world: World, statements: list[str], number: int
) -> None:
    desk = await desk_of(client, world, seats=100)
    group = await world.group(desk.team, "Design")
    await world.gives(desk.team, group, desk.product)
    file = rows(*(row + "Design" for row in fresh(number)), *(["A,B,nobody,"] * number))
    asked = {"teamId": desk.team, "text": file, "productId": desk.product, "mode": "BEST_EFFORT"}
    statements.clear()
    await client(operation("importMembers", FEW), desk.secret, input=asked)
    assert len(statements) == 22


async def test_5000_bad_rows_are_told_one_by_one(client: Client, world: World) -> None:
    desk = await desk_of(client, world, seats=0)
    file = rows(*(f"A,B,p{n}@slow.example,Nowhere" for n in range(5_000)))
    before = await world.fingerprint()
    assert counts(await imported(desk, file, mode="BEST_EFFORT")) == (5_000, 0, 0, 5_000)
    assert await world.fingerprint() == before
