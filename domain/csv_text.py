"""CSV as spreadsheets write it: decode bytes, split text into records with line numbers, and write rows.

Lines end with CRLF, LF or CR. Records are split here and not by Python's `csv`, which refuses blanks behind a closing
quote, as in `"Ada" ,"Byron"`.
A spreadsheet would run some cells as formulas. `write` puts an apostrophe before such a cell; `unescaped` removes it.
"""

import codecs
import csv
import io
import re
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from functools import cache

MAX_LINES = 20
"""The most lines that one record may span. Without it, each unclosed quote would read the rest of the file."""
MAX_CELL = 131_072
"""The most characters of one cell."""

FORMULA = re.compile(r"[\s']*[=+\-@＝＋－＠]|'*[\t\r\n]")
"""The beginning of a cell that a spreadsheet may run as a formula, already escaped or not."""

BYTE_ORDER_MARKS = {
    codecs.BOM_UTF32_LE: "UTF-32",
    codecs.BOM_UTF32_BE: "UTF-32",
    codecs.BOM_UTF16_LE: "UTF-16",
    codecs.BOM_UTF16_BE: "UTF-16",
}
SIGNATURES = {
    b"PK\x03\x04": "an Excel workbook, or another ZIP archive",
    b"\xd0\xcf\x11\xe0": "an old Excel workbook",
    b"%PDF-": "a PDF",
    b"\x1f\x8b": "compressed by gzip",
}
CONTROL = re.compile(rb"[\x00-\x08\x0b\x0e-\x1f]")
LINE_END = re.compile(r"\r\n?|\n")
LINE_END_BYTES = re.compile(rb"\r\n?|\n")
SEPARATOR = re.compile(r"""[^\S\r\n]*"?sep=([^\w\r\n"'])"?[^\w\r\n]*(?=[\r\n]|\Z)""", re.IGNORECASE)
# One cell: blanks, and then text in quotes with blanks behind it, or text that begins with no quote. Its quantifiers
# are possessive, so that a cell whose quotes do not match is not read again from its last blank on.
CELL = r"""
    (?:(?!{d})[^\S\r\n])*+
    (?:
        "([^"]*+(?:""[^"]*+)*+)" (?:(?!{d})[^\S\r\n])*+ (?=[\r\n]|{d}|\Z)
      | (?!")([^\r\n{d}]*)
    )
"""
SAVE = "Save the sheet as CSV in UTF-8."


class NotText(ValueError):
    """The file is not text. The message says what the file seems to be, and what to do."""


class NotUtf8(ValueError):
    """The text has another encoding than UTF-8. The message names the encoding if it is known, and says what to do."""


def text_of(data: bytes) -> str:
    """Decode the bytes as UTF-8, and drop a byte order mark. Raises NotText or NotUtf8."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if data.startswith(mark) and _is_text_in(data, name):
            raise NotUtf8(f"The file is in {name}. {SAVE}")
    for signature, name in SIGNATURES.items():
        if data.startswith(signature):
            raise NotText(f"The file is {name}, not CSV. {SAVE}")
    if _is_unmarked_utf_16(data):
        raise NotUtf8(f"The file is in UTF-16. {SAVE}")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _decoding_error(data, error.start) from None
    return without_nul(text)


def without_nul(text: str) -> str:
    """Return the text without a byte order mark. Raises NotText if it contains a NUL character."""
    found = text.find("\0")
    if found >= 0:
        line = _count(LINE_END.finditer(text, 0, found)) + 1
        raise NotText(f"The file has a NUL character in line {line}: it is not text, or it is damaged. {SAVE}")
    return text.removeprefix("\ufeff")


def separator(text: str) -> tuple[str | None, str]:
    """Return the delimiter that a line `sep=;` at the beginning names, and the text with this line made empty.

    Excel reads and writes such lines. Without one, the delimiter is None, and the text is unchanged.
    """
    named = SEPARATOR.match(text)
    return (None, text) if named is None else (named[1], text[named.end() :])


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record: the number of its first line, from 1, and its cells, or None if the record cannot be read.

    Skip records without any text, because spreadsheets save the empty rows below a table. After a record that cannot
    be read, go on in the next line, so that one quote too many does not hide the rows below it.
    """
    lines, blank = _Lines(text), _blank(delimiter)
    while lines.skip(blank):
        cells, at = _cells(text, lines.start, lines.limit(), delimiter)
        if cells is None or any(cell and not cell.isspace() for cell in cells):
            yield lines.number, cells
        lines.go_behind(at)


def unescaped(cell: str) -> str:
    """Return the cell without the apostrophe that prevents a spreadsheet from running it."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell


def write(columns: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> str:
    """Return CSV text with a header and these rows, each ended by CRLF (RFC 4180). Spreadsheets run none of its cells.

    Encode the text as `utf-8-sig`: without a byte order mark, Excel assumes another encoding.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_escaped(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


class _Lines:
    """Goes through the lines of a text from `start` on, where line `number` begins.

    Looks for the end of each line once, and only when it is needed: to read a header, the rest of a file does not
    matter. Blank lines are skipped all at once, because a file may have a million of them.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.start = 0
        self.number = 1
        self._ends = deque[int]()

    def skip(self, blank: re.Pattern[str]) -> bool:
        """Go to the first line that is not blank, and return whether there is one."""
        found = blank.match(self.text, self.start)
        if found is None or found.end() == len(self.text):
            return False
        if found.end() > self.start:
            self._go(max(self.text.rfind(end, *found.span()) for end in "\r\n") + 1)
        return True

    def limit(self) -> int:
        """Return where a record that begins here must end."""
        while len(self._ends) < MAX_LINES:
            end = LINE_END.search(self.text, self._ends[-1] if self._ends else self.start)
            self._ends.append(len(self.text) if end is None else end.end())
        return self._ends[-1]

    def go_behind(self, at: int) -> None:
        """Go to the line below the one in which this place is. It is before the last of the ends that are known."""
        while True:
            self.start = self._ends.popleft()
            self.number += 1
            if self.start > at or not self._ends:
                return

    def _go(self, to: int) -> None:
        """Go to this place, if it is below here. A line begins there."""
        if to > self.start:
            returns, feeds, both = (self.text.count(end, self.start, to) for end in ("\r", "\n", "\r\n"))
            self.number += returns + feeds - both
            self.start = to
            while self._ends and self._ends[0] <= to:
                self._ends.popleft()


@cache
def _blank(delimiter: str) -> re.Pattern[str]:
    return re.compile(rf"(?:\s|{re.escape(delimiter)})*+")


@cache
def _cell(delimiter: str) -> re.Pattern[str]:
    return re.compile(CELL.format(d=re.escape(delimiter)), re.VERBOSE)


def _cells(text: str, start: int, end: int, delimiter: str) -> tuple[list[str] | None, int]:
    """Return the cells of the record from `start` on, and where it ends; None for the cells if it cannot be read."""
    cells, pattern, at = list[str](), _cell(delimiter), start
    while (match := pattern.match(text, at, end)) is not None and match.end() - at <= MAX_CELL:
        quoted, plain = match.groups()
        cells.append(plain if quoted is None else quoted.replace('""', '"'))
        at = match.end()
        if not text.startswith(delimiter, at, end):
            return cells, at
        at += 1
    return None, start


def _escaped(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _is_unmarked_utf_16(data: bytes) -> bool:
    """Whether the bytes are UTF-16 text in mostly Latin letters, in which about every second byte is zero."""
    even, odd = data[::2].count(0), data[1::2].count(0)
    fewer, more = sorted((even, odd))
    if more * 4 <= len(data) or fewer * 10 >= more:
        return False
    return _is_text_in(data, "UTF-16-BE" if even > odd else "UTF-16-LE")


def _is_text_in(data: bytes, encoding: str) -> bool:
    """Whether the bytes have this encoding and are text: only then is the encoding sure."""
    try:
        return CONTROL.search(data.decode(encoding).encode()) is None
    except UnicodeError:
        return False


def _decoding_error(data: bytes, at: int) -> ValueError:
    if CONTROL.search(data):
        return NotText(f"The file is not text. {SAVE}")
    # Almost any bytes are text in Windows-1252 and its relatives, so no message can tell which of them it is.
    line = _count(LINE_END_BYTES.finditer(data, 0, at)) + 1
    return NotUtf8(f"The file is not in UTF-8, from line {line} on. {SAVE}")


def _count(found: Iterable[object]) -> int:
    return sum(1 for _ in found)
