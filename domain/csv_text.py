"""CSV as spreadsheets write it: bytes to text, text to records with their lines, and rows to text.

A cell that a spreadsheet would run as a formula is written with an apostrophe before it, which is taken off when read.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

MAX_LINES = 20
"""The most lines of one record: from each unclosed quote, all the rest of the file would be looked through."""

FORMULA = re.compile(r"[\s']*[=+\-@＝＋－＠]|'*[\t\r\n]")
"""How a cell begins that a spreadsheet may run, whether or not it was escaped before."""

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
SAVE = "Save the sheet as CSV in UTF-8."


class NotText(ValueError):
    """The file is not text at all; one sentence says what it seems to be, and one what to do."""


class NotUtf8(ValueError):
    """The text is in another encoding; one sentence says which, and one what to do."""


def text_of(data: bytes) -> str:
    """The text in the bytes, without a byte order mark. Raises NotText or NotUtf8."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            raise NotUtf8(f"The file is in {name}. {SAVE}")
    for signature, name in SIGNATURES.items():
        if data.startswith(signature):
            raise NotText(f"The file is {name}, and no CSV. {SAVE}")
    if _is_striped(data):
        raise NotUtf8(f"The file is in UTF-16. {SAVE}")
    try:
        text = data.decode()
    except UnicodeDecodeError as error:
        raise _foreign(data, error.start) from None
    return without_nul(text)


def without_nul(text: str) -> str:
    """The text without a byte order mark. Raises NotText for a NUL character in it."""
    found = text.find("\0")
    if found >= 0:
        line = text.count("\n", 0, found) + 1
        raise NotText(f"The file holds a NUL character in line {line}: it is no text, or was damaged. {SAVE}")
    return text.removeprefix("\ufeff")


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Each record as the number of its first line, from 1, and its cells; None for cells that cannot be told apart.

    Records without any text are left out: spreadsheets save the empty rows below a table. After a record that cannot
    be read, reading goes on in the next line, so that one quote too many does not swallow all below it.
    """
    lines = _Lines(text)
    reader = csv.reader(lines, delimiter=delimiter, skipinitialspace=True, strict=True)
    while lines.begin():
        first = lines.at
        try:
            cells = next(reader)
        except csv.Error:
            lines.at = first + 1
            yield first + 1, None
        else:
            if any(cell and not cell.isspace() for cell in cells):
                yield first + 1, cells


def unescaped(cell: str) -> str:
    """The cell without the apostrophe that kept it from being run."""
    return cell[1:] if cell.startswith("'") and FORMULA.match(cell, 1) else cell


def write(columns: Sequence[str], rows: Iterable[Sequence[str | int | float | None]]) -> str:
    """CSV with a header and these rows, CRLF behind each (RFC 4180); no text in it is run by a spreadsheet.

    Encode it as `utf-8-sig`: without a byte order mark, Excel takes it for another encoding.
    """
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_escaped(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return out.getvalue()


class _Lines:
    """The lines of a text, for a reader that may go back; each record gets a few at most."""

    def __init__(self, text: str) -> None:
        # Neither translated nor split at more than CR, LF and CRLF, as `splitlines` would.
        self.lines = list(io.StringIO(text, newline=""))
        self.at = self.until = 0

    def begin(self) -> bool:
        """Make ready for the next record; False when there is none."""
        self.until = min(self.at + MAX_LINES, len(self.lines))
        return self.at < self.until

    def __iter__(self) -> "_Lines":
        return self

    def __next__(self) -> str:
        if self.at == self.until:
            raise StopIteration
        self.at += 1
        return self.lines[self.at - 1]


def _escaped(cell: str) -> str:
    return f"'{cell}" if FORMULA.match(cell) else cell


def _is_striped(data: bytes) -> bool:
    """Whether zero bytes stand in every second place, as in UTF-16 of mostly Latin text."""
    fewer, more = sorted((data[::2].count(0), data[1::2].count(0)))
    return more * 4 > len(data) and fewer * 10 < more


def _foreign(data: bytes, at: int) -> ValueError:
    if CONTROL.search(data):
        return NotText(f"The file is no text. {SAVE}")
    line = data.count(b"\n", 0, at) + 1
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return NotUtf8(f"The file is not in UTF-8, from line {line} on. {SAVE}")
    return NotUtf8(f"The file is not in UTF-8, from line {line} on; it seems to be in Windows-1252. {SAVE}")
