"""CSV as spreadsheets write it: decode bytes, split text into records with line numbers, and write rows.

A spreadsheet would run some cells as formulas. `write` puts an apostrophe before such a cell; `unescaped` removes it.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence

MAX_LINES = 20
"""The most lines that one record may span. Without it, each unclosed quote would read the rest of the file."""

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
SAVE = "Save the sheet as CSV in UTF-8."


class NotText(ValueError):
    """The file is not text. The message says what the file seems to be, and what to do."""


class NotUtf8(ValueError):
    """The text has another encoding than UTF-8. The message names the encoding if it is known, and says what to do."""


def text_of(data: bytes) -> str:
    """Decode the bytes as UTF-8, and drop a byte order mark. Raises NotText or NotUtf8."""
    for mark, name in BYTE_ORDER_MARKS.items():
        if data.startswith(mark):
            raise NotUtf8(f"The file is in {name}. {SAVE}")
    for signature, name in SIGNATURES.items():
        if data.startswith(signature):
            raise NotText(f"The file is {name}, not CSV. {SAVE}")
    if _looks_like_utf_16(data):
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
        line = text.count("\n", 0, found) + 1
        raise NotText(f"The file has a NUL character in line {line}: it is not text, or it is damaged. {SAVE}")
    return text.removeprefix("\ufeff")


def records(text: str, delimiter: str) -> Iterator[tuple[int, list[str] | None]]:
    """Yield each record: the number of its first line, from 1, and its cells, or None if the record cannot be read.

    Skip records without any text, because spreadsheets save the empty rows below a table. After a record that cannot
    be read, go on in the next line, so that one quote too many does not hide the rows below it.
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
    """An iterator over the lines of a text. The caller can move it back; it yields at most MAX_LINES lines a record."""

    def __init__(self, text: str) -> None:
        # Not `splitlines`, which also splits at other characters: this splits only at CR, LF and CRLF, and keeps them.
        self.lines = list(io.StringIO(text, newline=""))
        self.at = self.until = 0

    def begin(self) -> bool:
        """Prepare for the next record. Return False if there is none."""
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


def _looks_like_utf_16(data: bytes) -> bool:
    """Whether about every second byte is zero, as in UTF-16 text in mostly Latin letters."""
    fewer, more = sorted((data[::2].count(0), data[1::2].count(0)))
    return more * 4 > len(data) and fewer * 10 < more


def _decoding_error(data: bytes, at: int) -> ValueError:
    if CONTROL.search(data):
        return NotText(f"The file is not text. {SAVE}")
    line = data.count(b"\n", 0, at) + 1
    try:
        data.decode("cp1252")
    except UnicodeDecodeError:
        return NotUtf8(f"The file is not in UTF-8, from line {line} on. {SAVE}")
    return NotUtf8(f"The file is not in UTF-8, from line {line} on; it seems to be in Windows-1252. {SAVE}")
