"""CSV: other encodings are recognised, records know their lines, and spreadsheets run no written cell."""

import csv
import io
import re
import sys
from collections import deque
from collections.abc import Sequence
from itertools import islice
from types import FrameType

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from domain.csv_text import FORMULA, MAX_LINES, NotText, NotUtf8, records, separator, text_of, unescaped, write

texts = st.text(st.characters(exclude_characters="\0", exclude_categories=["Cs"]))
formulas = st.sampled_from(["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "'=1", "''@x", " =1", "＝1", "'\tx", "\n-"])
SAVE = "Save the sheet as CSV in UTF-8."


@pytest.mark.parametrize(
    "data", ["a,é,北".encode(), "a,é,北".encode("utf-8-sig")], ids=["without a mark", "with a byte order mark"]
)
def test_utf_8_is_decoded_without_a_byte_order_mark(data: bytes) -> None:
    assert text_of(data) == "a,é,北"


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        ("Ada,Byron".encode("utf-16"), "The file is in UTF-16."),
        ("Ada,Byron".encode("utf-16-be"), "The file is in UTF-16."),
        ("Ada,Byron".encode("utf-16-le"), "The file is in UTF-16."),
        ("Ada,Byron".encode("utf-32"), "The file is in UTF-32."),
        ("Ada\nJosé".encode("cp1252"), "not in UTF-8, from line 2 on. Save"),
        ("Ada\n\nЖан".encode("iso-8859-5") + b"\x81", "not in UTF-8, from line 3 on. Save"),
        ("Ada\n\n寛".encode("shift-jis"), "not in UTF-8, from line 3 on. Save"),
        ("Ada\rGrace\r\nJosé".encode("cp1252"), "not in UTF-8, from line 3 on. Save"),
    ],
)
def test_the_message_names_another_encoding(data: bytes, expected: str) -> None:
    with pytest.raises(NotUtf8) as raised:
        text_of(data)
    assert expected in str(raised.value)
    assert str(raised.value).endswith(SAVE)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"PK\x03\x04\x14\x00", "an Excel workbook, or another ZIP archive"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Excel workbook"),
        (b"%PDF-1.7", "a PDF"),
        (b"\x1f\x8b\x08", "compressed by gzip"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR", "not text"),
        (b"Ada,Byron\nGrace,\0Hopper", "a NUL character in line 2"),
        (b"Ada,Byron\rGrace\r\nMary,\0Jackson", "a NUL character in line 3"),
        (b"\xff\xfe\x00\xd8A\x00", "not text"),
        (b"\xff\xfeA\x00d\x00a", "not text"),
    ],
)
def test_a_file_that_is_not_text_is_refused(data: bytes, expected: str) -> None:
    with pytest.raises(NotText) as raised:
        text_of(data)
    assert expected in str(raised.value)
    assert str(raised.value).endswith(SAVE)


@given(st.binary())
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        text = text_of(data)
    except (NotText, NotUtf8):
        return
    assert text.encode() == data.removeprefix("\ufeff".encode())


RECORDS: dict[str, tuple[str, list[tuple[int, list[str] | None]]]] = {
    "LF": ("a,b\nc,d\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
    "CRLF": ("a,b\r\nc,d\r\n", [(1, ["a", "b"]), (2, ["c", "d"])]),
    "CR": ("a,b\rc,d", [(1, ["a", "b"]), (2, ["c", "d"])]),
    "no end": ("a\nb", [(1, ["a"]), (2, ["b"])]),
    "empty lines": ("\n a\n\n  \n,,\nb\n\n", [(2, ["a"]), (6, ["b"])]),
    "quotes": ('"a,b","c ""d"""\n', [(1, ["a,b", 'c "d"'])]),
    "a space before a quote": ('a, "b,c"\n', [(1, ["a", "b,c"])]),
    "a line break in quotes": ('"a\nb",c\r\nd\n', [(1, ["a\nb", "c"]), (3, ["d"])]),
    "CRLF in quotes": ('"a\r\n\r\nb"\nd\n', [(1, ["a\r\n\r\nb"]), (4, ["d"])]),
    "other line breaks": ("a\u2028b\x85c\x0bd\n", [(1, ["a\u2028b\x85c\x0bd"])]),
    "an unclosed quote": ('"a,b\nc\nd\n', [(1, None), (2, ["c"]), (3, ["d"])]),
    "an unclosed quote before good ones": ('a\n"b\n"c","d"\ne\n', [(1, ["a"]), (2, None), (3, ["c", "d"]), (4, ["e"])]),
    "an unclosed quote at the end": ('a\n"', [(1, ["a"]), (2, None)]),
    "text behind a quote": ('"a"b\nc\n', [(1, None), (2, ["c"])]),
    "text behind a quote and blanks": ('"a" b\nc\n', [(1, None), (2, ["c"])]),
    "blanks behind a quote": ('"a" ,\t"b"\t ,"c"\u00a0\n"d" ', [(1, ["a", "b", "c"]), (2, ["d"])]),
    "blanks in quotes": ('" a "\n', [(1, [" a "])]),
    "a quote within a cell behind blanks": ('  "a""b"  ,c', [(1, ['a"b', "c"])]),
    "an endless cell in quotes": ('"' + "a" * 200_000 + '"\nb\n', [(1, None), (2, ["b"])]),
    "CR and other line ends": ("a\rb\r\nc\nd\r\re", [(1, ["a"]), (2, ["b"]), (3, ["c"]), (4, ["d"]), (6, ["e"])]),
    "a quote within a cell": ('a"b"\n', [(1, ['a"b"'])]),
    "an endless cell": ("a" * 200_000 + "\nb\n", [(1, None), (2, ["b"])]),
}


@pytest.mark.parametrize("what", RECORDS)
def test_each_record_has_the_number_of_its_first_line(what: str) -> None:
    text, expected = RECORDS[what]
    assert list(records(text, ",")) == expected


@pytest.mark.parametrize("delimiter", [";", "\t", "|", "^", "]", "#"])
def test_records_may_have_another_delimiter(delimiter: str) -> None:
    text = 'a;b,c;" d" ;;"e;e"\n'.replace(";", delimiter)
    assert list(records(text, delimiter)) == [(1, ["a", "b,c", " d", "", f"e{delimiter}e"])]


@pytest.mark.parametrize(
    ("text", "delimiter"),
    [("sep=;\na", ";"), ("SEP=\t\r\na", "\t"), ('"sep=|"\na', "|"), ("sep=,,,,\na", ","), ("sep=^\ra", "^")],
)
def test_the_line_of_excel_names_the_delimiter_and_becomes_empty(text: str, delimiter: str) -> None:
    named, rest = separator(text)
    assert named == delimiter
    assert list(records(rest, delimiter)) == [(2, ["a"])]


@pytest.mark.parametrize("text", ["", "a\nsep=;", "sep=", "sep=ab\n", "separator=;\n", "sep=;a\n"])
def test_other_text_names_no_delimiter(text: str) -> None:
    assert separator(text) == (None, text)


@pytest.mark.parametrize(("breaks", "found"), [(MAX_LINES - 1, [1]), (MAX_LINES, [1, MAX_LINES + 1])])
def test_a_record_spans_at_most_20_lines(breaks: int, found: list[int]) -> None:
    assert [line for line, _ in records('"a' + "\n" * breaks + '"', ",")] == found


def calls(text: str, most: int | None = None) -> int:
    """How many functions are called to read the records of a text, or so many of them."""
    called = 0

    def count(_frame: FrameType, event: str, _: object) -> None:
        nonlocal called
        called += event in {"call", "c_call"}

    before = sys.getprofile()
    sys.setprofile(count)
    try:
        deque(islice(records(text, ","), most), maxlen=0)
    finally:
        sys.setprofile(before)
    return called


@pytest.mark.parametrize("blank", ["\n", "\r", "\r\n", " \u3000\n", ",,,\n"])
def test_many_blank_lines_are_no_more_work_than_a_few(blank: str) -> None:
    many = f"a\n{blank * 5_000}b\n{blank * 5_000}"
    assert list(records(many, ",")) == [(1, ["a"]), (5_002, ["b"])]
    assert calls(many) <= calls(f"a\n{blank * 50}b\n{blank * 50}")


@pytest.mark.parametrize("line", ["a,b\n", '"\n', '"a"b\n', '"",""\n'])
def test_the_work_grows_with_the_lines_only(line: str) -> None:
    few, many = calls(line * 500), calls(line * 5_000)
    assert many <= few * 10


def test_the_lines_below_a_header_are_no_work_for_it() -> None:
    assert calls("a,b\n" * 5_000, 1) == calls("a,b\n" * 50, 1)


@given(st.lists(st.lists(texts.filter(str.strip), min_size=2, max_size=4), max_size=5))
def test_cells_quoted_by_a_csv_writer_are_read(rows: list[list[str]]) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows(rows)
    assert [cells for _, cells in records(out.getvalue(), ",")] == rows


blanks = st.text(st.sampled_from(" \u00a0\u3000"), max_size=2)


@given(st.lists(st.tuples(blanks, texts, blanks), min_size=1, max_size=4), st.sampled_from(",;\t|"))
def test_blanks_around_quoted_cells_do_not_count(cells: list[tuple[str, str, str]], delimiter: str) -> None:
    quoted = delimiter.join(f'{before}"{cell.replace(chr(34), chr(34) * 2)}"{after}' for before, cell, after in cells)
    expected = [cell for _, cell, _ in cells]
    if len(re.findall("\r\n?|\n", quoted)) < MAX_LINES and any(cell.strip() for cell in expected):
        assert list(records(quoted, delimiter)) == [(1, expected)]


@given(st.text(st.sampled_from('a",; \t\r\n'), max_size=60), st.sampled_from(",;\t"))
def test_each_line_belongs_to_one_record_or_is_blank(text: str, delimiter: str) -> None:
    lines = [number for number, _ in records(text, delimiter)]
    assert lines == sorted(set(lines))
    assert all(1 <= number <= len(re.findall("\r\n?|\n", text)) + 1 for number in lines)
    # What Python's `csv` reads without an error is read in the same way, but for blanks around cells.
    try:
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True))
    except csv.Error:
        return
    if '"' not in text:
        read = [[cell.strip() for cell in cells or ()] for _, cells in records(text, delimiter)]
        assert read == [[cell.strip() for cell in row] for row in rows if any(map(str.strip, row))]


@given(st.lists(texts | formulas, min_size=1, max_size=4))
@example(["'\tx"])
@example(["=cmd|' /C calc'!A0"])
def test_written_cells_are_read_again_and_never_run(cells: Sequence[str]) -> None:
    written = write(["a"], [cells]).removeprefix("a\r\n")
    (raw,) = csv.reader(io.StringIO(written, newline=""), strict=True)
    assert not any(
        cell.lstrip(" ").startswith(("=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠")) for cell in raw
    )
    assert [unescaped(cell) for cell in raw] == list(cells)


@pytest.mark.parametrize("name", ["'t Hooft", "O'Neill", "d'=x", "Smith-Jones", "1-2", "a@b.example"])
def test_cells_that_are_not_formulas_are_written_unchanged(name: str) -> None:
    assert write(["a"], [[name]]) == f"a\r\n{name}\r\n"
    assert unescaped(name) == name


def test_numbers_are_not_escaped() -> None:
    assert write(["n", "a"], [[-1, None], [2.5, "-1"]]) == "n,a\r\n-1,\r\n2.5,'-1\r\n"


@given(texts)
def test_a_cell_that_looks_escaped_is_escaped_again(cell: str) -> None:
    assert not FORMULA.match(cell) or FORMULA.match(f"'{cell}")
