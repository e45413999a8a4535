"""Reading the people in a CSV file: each row is accepted, or rejected with its line, its column and the reason."""

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.csv_text import write
from domain.import_columns import MAX_COLUMNS
from domain.imports import MAX_ROWS, Flaw, Reason, Row, Sheet, read
from domain.text import display_name

HEADER = "First name, Last name, Email address, Group\n"
ADA = Row(2, "Ada", "Byron", "ada@tests.example", "Design")


def address(email: str) -> str:
    """A rule for e-mail addresses, much simpler than the real one."""
    local, at, domain = email.partition("@")
    if not (local and at and domain) or "@" in domain or not domain.isprintable():
        raise ValueError("An e-mail address has one @.")
    return f"{local}@{domain.lower()}"


def sheet(data: bytes | str) -> Sheet:
    """Read a file."""
    return read(data, address)


def flaws_of(found: Sheet) -> list[tuple[int | None, str | None, Reason]]:
    """The flaws, without their messages."""
    return [(flaw.line, flaw.column, flaw.reason) for flaw in found.flaws]


GOOD = {
    "the vendor's own": "First name, Last name, Email address, Group\nAda, Byron, ada@tests.example, Design\n",
    "semicolons": "First name;Last name;Email address;Group\nAda;Byron;ada@tests.example;Design\n",
    "CRLF": "First name,Last name,Email address,Group\r\nAda,Byron,ada@tests.example,Design\r\n",
    "a byte order mark": "\ufeffFirst name,Last name,Email address,Group\nAda,Byron,ada@tests.example,Design",
    "quotes": '"First name","Last name","Email address","Group"\n"Ada","Byron","ada@tests.example","Design"\n',
    "any case and spacing": "FIRST  NAME,lastname, email Address ,gROUP\nAda,Byron,ada@tests.example,Design\n",
    "another order": "Group,Email address,Last name,First name\nDesign,ada@tests.example,Byron,Ada\n",
    "empty cells at the end": "First name,Last name,Email address,Group,,\nAda,Byron,ada@tests.example,Design,,,\n",
    "empty rows": "First name,Last name,Email address,Group\nAda,Byron,ada@tests.example,Design\n\n,,,\n   \n",
    "a comma in a header of semicolons": "First name;Last name;Email address;Group\nAda;Byron;ada@tests.example;Design",
}


@pytest.mark.parametrize("what", GOOD)
@pytest.mark.parametrize("encode", [False, True], ids=["text", "bytes"])
def test_a_file_may_be_written_in_many_ways(what: str, encode: bool) -> None:
    assert sheet(GOOD[what].encode() if encode else GOOD[what]) == Sheet([ADA])


@pytest.mark.parametrize(
    ("columns", "cells", "group"),
    [
        ("First name,Last name,Email address", "Ada,Byron,a@b.example", None),
        ("First name,Last name,Email address,Group", "Ada,Byron,a@b.example", None),
        ("First name,Last name,Email address,Group", "Ada,Byron,a@b.example, ", None),
        ("First name,Last name,Email address,Group", 'Ada,Byron,a@b.example," R, D "', "R, D"),
    ],
)
def test_a_group_may_be_missing(columns: str, cells: str, group: str | None) -> None:
    assert sheet(f"{columns}\n{cells}\n") == Sheet([Row(2, "Ada", "Byron", "a@b.example", group)])


REFUSED: dict[str, tuple[bytes | str, list[tuple[int | None, str | None, Reason]]]] = {
    "no bytes": (b"", [(None, None, Reason.HEADER_MISSING)]),
    "a byte order mark only": (b"\xef\xbb\xbf", [(None, None, Reason.HEADER_MISSING)]),
    "empty lines only": ("\r\n\n ; \n", [(None, None, Reason.HEADER_MISSING)]),
    "a header only": (HEADER, [(None, None, Reason.ROWS_MISSING)]),
    "a header and empty rows": (HEADER + ",,,\n\n", [(None, None, Reason.ROWS_MISSING)]),
    "a workbook": (b"PK\x03\x04\0\0", [(None, None, Reason.NOT_TEXT)]),
    "UTF-16": (HEADER.encode("utf-16"), [(None, None, Reason.NOT_UTF8)]),
    "Windows-1252": (f"{HEADER}José".encode("cp1252"), [(None, None, Reason.NOT_UTF8)]),
    "NUL in bytes": (f"{HEADER}A\0,B,a@b.example".encode(), [(None, None, Reason.NOT_TEXT)]),
    "NUL in text": (f"{HEADER}A\0,B,a@b.example", [(None, None, Reason.NOT_TEXT)]),
    "quotes in the header": ('\n"First name,Last name\n', [(2, None, Reason.MALFORMED)]),
    "a wide header": ("a," * MAX_COLUMNS + "a\n", [(1, None, Reason.TOO_MANY_COLUMNS)]),
    "all that can be wrong with a header": (
        "\nFirst name,Town,,Group,group,Post,First name\nAda,,,,,,\n",
        [
            (2, "Town", Reason.COLUMN_UNKNOWN),
            (2, None, Reason.COLUMN_UNKNOWN),
            (2, "group", Reason.COLUMN_REPEATED),
            (2, "Post", Reason.COLUMN_UNKNOWN),
            (2, "First name", Reason.COLUMN_REPEATED),
            (2, "Last name", Reason.COLUMN_MISSING),
            (2, "Email address", Reason.COLUMN_MISSING),
        ],
    ),
    "no header": (
        "Ada,Byron,ada@tests.example\n",
        [
            (1, "Ada", Reason.COLUMN_UNKNOWN),
            (1, "Byron", Reason.COLUMN_UNKNOWN),
            (1, "ada@tests.example", Reason.COLUMN_UNKNOWN),
            (1, "First name", Reason.COLUMN_MISSING),
            (1, "Last name", Reason.COLUMN_MISSING),
            (1, "Email address", Reason.COLUMN_MISSING),
        ],
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_a_file_may_be_refused_as_a_whole(what: str) -> None:
    data, flaws = REFUSED[what]
    found = sheet(data)
    assert (found.is_refused, found.rows, found.total, flaws_of(found)) == (True, [], 0, flaws)


REJECTED: dict[str, tuple[str, list[tuple[str | None, Reason]]]] = {
    "too many cells": ("A,B,a@b.example,C,D", [(None, Reason.TOO_MANY_COLUMNS)]),
    "too few cells": ("A,B", [("Email address", Reason.TOO_FEW_COLUMNS)]),
    "far too few cells": ("A", [("Email address", Reason.TOO_FEW_COLUMNS)]),
    "an unclosed quote": ('A,"B,a@b.example', [(None, Reason.MALFORMED)]),
    "text behind a quote": ('"A"B,C,a@b.example', [(None, Reason.MALFORMED)]),
    "empty cells": (",,,Design", [(column, Reason.VALUE_MISSING) for column in ("First name", "Email address")]),
    "a line break in a name": ('"A\nA",B,a@b.example', [("First name", Reason.NAME_INVALID)]),
    "a name of 101 characters": (f"A,{'B' * 101},a@b.example", [("Last name", Reason.NAME_INVALID)]),
    "a control character in a group": ("A,B,a@b.example,\x1bD", [("Group", Reason.NAME_INVALID)]),
    "names without a visible character": (
        "\u200b,\u3164,a@b.example,\u2060",
        [(column, Reason.NAME_INVALID) for column in ("First name", "Last name", "Group")],
    ),
    "a name that turns the text around": ("\u202eevil,B,a@b.example", [("First name", Reason.NAME_INVALID)]),
    "no e-mail address": ("A,B,a@@b.example", [("Email address", Reason.EMAIL_INVALID)]),
    "one that was there": ("A,B,ADA@Tests.Example", [("Email address", Reason.EMAIL_REPEATED)]),
    "all at once": (
        "\x07,,a,\x07",
        [
            ("First name", Reason.NAME_INVALID),
            ("Email address", Reason.EMAIL_INVALID),
            ("Group", Reason.NAME_INVALID),
        ],
    ),
}


@pytest.mark.parametrize("what", REJECTED)
def test_a_row_is_rejected_for_all_its_flaws_and_the_others_are_accepted(what: str) -> None:
    bad, flaws = REJECTED[what]
    found = sheet(f"{HEADER}Ada,Byron,ada@tests.example,Design\n{bad}\nC,D,c@d.example\n")
    assert flaws_of(found) == [(3, column, reason) for column, reason in flaws]
    assert found.rows == [ADA, Row(4 + bad.count("\n"), "C", "D", "c@d.example", None)]
    assert (found.rejected, found.total, found.is_refused) == (1, 3, False)


@pytest.mark.parametrize("cells", ["Teller,,", ",Teller,", "' Teller ',  ,".replace("'", '"')])
def test_a_person_may_have_one_name_only(cells: str) -> None:
    assert sheet(f"{HEADER}{cells}t@x.example\n") == Sheet([Row(2, "Teller", "", "t@x.example", None)])


def test_a_last_name_may_be_missing_at_the_end_of_a_row() -> None:
    found = sheet("Email address,First name,Last name\nt@x.example,Teller\n")
    assert found == Sheet([Row(2, "Teller", "", "t@x.example", None)])


def test_unknown_columns_are_ignored_with_information() -> None:
    found = sheet("Town,First name,,Last name,Email address\nLondon,Ada,x,Byron,a@b.example\nParis,C,,D,c@d.example\n")
    assert [row.email for row in found.rows] == ["a@b.example", "c@d.example"]
    unknown = [(1, "Town", Reason.COLUMN_UNKNOWN), (1, None, Reason.COLUMN_UNKNOWN)]
    assert (flaws_of(found), found.rejected) == (unknown, 0)
    assert all(flaw.reason.is_information for flaw in found.flaws)


@pytest.mark.parametrize("missing", ["First name", "Last name", "Email address"])
def test_a_misspelled_required_column_is_refused_and_not_ignored(missing: str) -> None:
    found = sheet(HEADER.replace(missing, f"x{missing}") + "Ada, Byron, ada@tests.example, Design\n")
    assert (found.is_refused, flaws_of(found)[-1]) == (True, (1, missing, Reason.COLUMN_MISSING))


def test_a_full_name_does_not_replace_one_missing_name() -> None:
    """Where the family name is called the name, half of each person would be lost."""
    found = sheet("Name,First name,Email address\nByron,Ada,a@b.example\n")
    assert (found.is_refused, flaws_of(found)) == (True, [(1, "Last name", Reason.COLUMN_MISSING)])


def test_a_file_of_bad_rows_is_not_refused() -> None:
    found = sheet(f"{HEADER}A,B\n")
    assert (found.total, found.rejected, found.is_refused) == (1, 1, False)


def test_a_repeated_address_names_the_line_of_the_first() -> None:
    found = sheet(f"{HEADER}A,B,a@b.example\n\nC,D,A@B.EXAMPLE\n")
    message = "Line 2 already has this e-mail address."
    assert found.flaws == [Flaw(4, "Email address", Reason.EMAIL_REPEATED, message)]


def test_addresses_that_are_two_accounts_in_the_database_are_two_people() -> None:
    """To Python's `lower`, a Σ at the end of a word is a ς. PostgreSQL lowers each letter by itself."""
    found = sheet(HEADER + "Ada,Byron,ΑΣ@tests.example\nEve,Byron,ας@tests.example\nKim,Byron,ασ@tests.example")
    assert [row.email for row in found.rows] == ["ΑΣ@tests.example", "ας@tests.example"]
    assert flaws_of(found) == [(4, "Email address", Reason.EMAIL_REPEATED)]


def test_the_address_of_a_rejected_row_can_be_used_in_a_later_row() -> None:
    found = sheet(f"{HEADER}\x07,B,a@b.example\nC,D,a@b.example\n")
    assert [row.line for row in found.rows] == [3]
    assert flaws_of(found) == [(2, "First name", Reason.NAME_INVALID)]


def test_the_message_for_a_bad_address_comes_from_the_rule() -> None:
    assert sheet(f"{HEADER}A,B,a\n").flaws[0].message == "An e-mail address has one @."


@pytest.mark.parametrize("name", ["=1+1", "+1", "-1", "@SUM(A1)", "=HYPERLINK(A1)", "北川", "Þóra", "عمر", "Ἀρχιμήδης"])
def test_a_name_may_look_like_a_formula_and_have_any_script(name: str) -> None:
    assert sheet(f"{HEADER}{name},Byron,ada@tests.example,Design\n") == Sheet(
        [Row(2, name, "Byron", "ada@tests.example", "Design")]
    )


def many(count: int) -> str:
    """Return a file with this number of rows."""
    return HEADER + "".join(f"Ada,Byron,ada{n}@tests.example,\n" for n in range(count))


def test_5000_rows_are_accepted() -> None:
    found = sheet(many(MAX_ROWS))
    assert (len(found.rows), found.flaws) == (5_000, [])


def test_a_file_with_5001_rows_is_refused_as_a_whole() -> None:
    found = sheet(many(MAX_ROWS + 1))
    message = "The file has more than 5,000 rows; split it into several."
    assert found == Sheet(flaws=[Flaw(5_002, None, Reason.TOO_MANY_ROWS, message)])


names = st.text(st.characters(exclude_categories=["Cc", "Cs"]), min_size=1, max_size=100).map(
    lambda text: display_name(text) or "Ada"
)
people = st.lists(st.tuples(names, names, st.none() | names), min_size=1, max_size=8)


@given(people, st.sampled_from([",", ";"]), st.booleans())
def test_written_people_are_read_again(rows: Sequence[tuple[str, str, str | None]], delimiter: str, mark: bool) -> None:
    lines = [(first, last, f"p{n}@tests.example", group) for n, (first, last, group) in enumerate(rows)]
    written = write(HEADER.strip().split(", "), lines)
    if delimiter == ";" and not any(set(',;"') & set(f"{first}{last}{group}") for first, last, group in rows):
        written = written.replace(",", ";")
    found = sheet(written.encode("utf-8-sig" if mark else "utf-8"))
    assert [(row.first_name, row.last_name, row.email, row.group) for row in found.rows] == lines
    assert found.flaws == []


cells = st.text(st.sampled_from("ab@.;,\"' =\t\r\n\u2028é"), max_size=6) | st.sampled_from(["a@b", "A@B", '"', "x"])


@given(st.lists(st.lists(cells, max_size=6).map(",".join), max_size=12))
def test_each_row_is_accepted_or_has_a_flaw(lines: Sequence[str]) -> None:
    found = sheet(HEADER + "\n".join(lines))
    flawed = {flaw.line for flaw in found.flaws}
    taken = {row.line for row in found.rows}
    if found.is_refused:
        assert [flaw.reason for flaw in found.flaws] == [Reason.ROWS_MISSING]
        return
    assert found.rejected == len(flawed)
    assert not taken & flawed
    assert found.total == len(taken | flawed)
    assert len({row.email.lower() for row in found.rows}) == len(found.rows)


@given(st.lists(st.lists(st.sampled_from(["Ada", "a@b", "b@c", "", "é"]), min_size=1, max_size=6), max_size=12))
def test_each_line_with_text_counts_as_a_row(lines: Sequence[Sequence[str]]) -> None:
    found = sheet(HEADER + "\n".join(",".join(line) for line in lines))
    expected = {at for at, line in enumerate(lines, start=2) if any(line)}
    assert {row.line for row in found.rows} | ({f.line for f in found.flaws} - {None}) == expected
    assert found.total == len(expected)


@given(st.binary() | st.text())
def test_any_content_gives_rows_or_flaws(data: bytes | str) -> None:
    found = sheet(data)
    assert found.rows or found.flaws
