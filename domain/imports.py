"""Read the people in a CSV file: return the rows that can be imported, and report all mistakes in the others at once.

    First name, Last name, Email address, Group
    Ada, Byron, ada@example.org, Design

The first line names the columns in any order. Their case and spacing do not matter, and `Group` may be missing. Commas
or semicolons separate the cells. No row is lost: each record with text in it becomes a row or is rejected.
"""

import itertools
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum

from domain import csv_text
from domain.described import INFORMATION, Notice
from domain.text import NAME_RULE, display_name

MAX_ROWS = 5_000
# Without a limit, a header of a megabyte would produce a report with as many flaws as it has columns.
MAX_COLUMNS = 50
MAX_SHOWN = 100

EmailRule = Callable[[str], str]
"""Returns the normal form of an e-mail address, or raises a ValueError that says what is wrong with the address."""


class Column(StrEnum):
    """The columns of the file, in their recommended spelling."""

    FIRST_NAME = "First name"
    LAST_NAME = "Last name"
    EMAIL = "Email address"
    GROUP = "Group"


REQUIRED = (Column.FIRST_NAME, Column.LAST_NAME, Column.EMAIL)
HEADER_RULE = f"The first line must name the columns {', '.join(REQUIRED)}, and may name {Column.GROUP}."


class Reason(Notice):
    """Why a file is refused, or why a row is rejected, skipped, or imported without a seat.

    ROWS_MISSING and the values before it are about the whole file; MALFORMED and TOO_MANY_COLUMNS may be about the
    header. GROUP_NOT_FOUND and the values after it depend on the team.
    """

    NOT_TEXT = "not_text", "The file is not text; for example, it is a workbook."
    NOT_UTF8 = "not_utf8", "The text is not encoded as UTF-8."
    HEADER_MISSING = "header_missing", "The file is empty."
    COLUMN_MISSING = "column_missing", "The header lacks this column."
    COLUMN_UNKNOWN = "column_unknown", "There is no such column."
    COLUMN_REPEATED = "column_repeated", "The header has this column twice."
    TOO_MANY_ROWS = "too_many_rows", f"The file has over {MAX_ROWS:,} rows."
    ROWS_MISSING = "rows_missing", "The file has a header and no rows."
    MALFORMED = "malformed", "The quotes do not match."
    TOO_MANY_COLUMNS = "too_many_columns", "There are more cells than columns."
    TOO_FEW_COLUMNS = "too_few_columns", "A required cell is missing."
    VALUE_MISSING = "value_missing", "A required cell is empty."
    NAME_INVALID = "name_invalid", "This is not a valid name."
    EMAIL_INVALID = "email_invalid", "This is not a valid e-mail address."
    EMAIL_REPEATED = "email_repeated", "The file already has this address in an earlier row."
    GROUP_NOT_FOUND = "group_not_found", "The team has no group with this name."
    ALREADY_MEMBER = (
        "already_member",
        "The person is already in the team or invited to it; the row is skipped. Information.",
        INFORMATION,
    )
    NO_SEAT_LEFT = "no_seat_left", "The pool has no seat left for this person."
    WAITING = "waiting", "No seat is left, and the person joins the waiting list. Information.", INFORMATION


@dataclass(frozen=True, slots=True)
class Flaw:
    """One mistake in a file.

    `line` is the first line of the record, from 1, or None if the mistake is about the whole file. `column` is the name
    of a column in the header, or None if the mistake is about the whole line. Programs read `reason`, people `message`.
    """

    line: int | None
    column: str | None
    reason: Reason
    message: str


@dataclass(frozen=True, slots=True)
class Row:
    """One person in the file. `line` is the first line of the row; `email` is in its normal form."""

    line: int
    first_name: str
    last_name: str
    email: str
    group: str | None


@dataclass(frozen=True, slots=True)
class Sheet:
    """The result of reading a file: its good rows and its flaws in file order, and the number of rejected rows."""

    rows: list[Row] = field(default_factory=list)
    flaws: list[Flaw] = field(default_factory=list)
    rejected: int = 0

    @property
    def total(self) -> int:
        """The number of rows in the file, or 0 if the whole file is refused."""
        return len(self.rows) + self.rejected

    @property
    def is_refused(self) -> bool:
        """Whether the whole file is refused, so that no row was checked."""
        return self.total == 0


def read(data: bytes | str, email: EmailRule) -> Sheet:
    """Return the rows of a file and all its flaws.

    If several rows have the same e-mail address (ignoring case), the first good row is returned and the others are
    rejected. The database treats more spellings as the same address than Python does (İ and i), so there two rows may
    still be one account.
    """
    try:
        text = csv_text.text_of(data) if isinstance(data, bytes) else csv_text.without_nul(data)
    except csv_text.NotText as problem:
        return Sheet(flaws=[Flaw(None, None, Reason.NOT_TEXT, str(problem))])
    except csv_text.NotUtf8 as problem:
        return Sheet(flaws=[Flaw(None, None, Reason.NOT_UTF8, str(problem))])
    delimiter, line, columns = _header(text)
    flaws = _header_flaws(line, columns)
    if columns is None or flaws:
        return Sheet(flaws=flaws)
    # One row more than the limit is enough to know that there are too many.
    records = list(itertools.islice(csv_text.records(text, delimiter), 1, MAX_ROWS + 2))
    if not records:
        return Sheet(flaws=[Flaw(None, None, Reason.ROWS_MISSING, "The file has a header and no rows below it.")])
    if len(records) > MAX_ROWS:
        message = f"The file has more than {MAX_ROWS:,} rows; split it into several."
        return Sheet(flaws=[Flaw(records[-1][0], None, Reason.TOO_MANY_ROWS, message)])
    checks = _Checks([Column(name) for name in columns], email)
    rows = [row for number, cells in records if (row := checks.row(number, cells))]
    return Sheet(rows, checks.flaws, len(records) - len(rows))


def _header(text: str) -> tuple[str, int | None, list[str] | None]:
    """Return the delimiter that finds more known columns, the line of the header, and its columns.

    Known columns are returned in their recommended spelling. The line is None if the text has no record. The columns
    are None if the header cannot be split into cells.
    """
    known = {_comparable(column): column.value for column in Column}
    best: tuple[int, str, int | None, list[str] | None] = (-1, ",", None, None)
    for delimiter in (",", ";"):
        line, cells = next(csv_text.records(text, delimiter), (None, None))
        if line is None:
            return delimiter, None, None
        columns = None if cells is None else [known.get(_comparable(cell), cell.strip()) for cell in _trimmed(cells)]
        score = len(set(columns or ()) & set(Column))
        if score > best[0]:
            best = (score, delimiter, line, columns)
    return best[1:]


def _header_flaws(line: int | None, columns: Sequence[str] | None) -> list[Flaw]:
    if line is None:
        return [Flaw(None, None, Reason.HEADER_MISSING, f"The file is empty. {HEADER_RULE}")]
    if columns is None:
        return [Flaw(line, None, Reason.MALFORMED, f"The quotes in the header do not match. {HEADER_RULE}")]
    if len(columns) > MAX_COLUMNS:
        return [Flaw(line, None, Reason.TOO_MANY_COLUMNS, f"The header has {len(columns)} columns. {HEADER_RULE}")]
    flaws = []
    for at, name in enumerate(columns):
        shown = name[:MAX_SHOWN]
        if name not in set(Column):
            message = f"There is no column “{shown}”. {HEADER_RULE}" if name else f"Column {at + 1} has no name."
            flaws.append(Flaw(line, shown or None, Reason.COLUMN_UNKNOWN, message))
        elif name in columns[:at]:
            flaws.append(Flaw(line, shown, Reason.COLUMN_REPEATED, f"The header has the column {shown} twice."))
    for required in REQUIRED:
        if required not in columns:
            message = f"The column {required.value} is missing. {HEADER_RULE}"
            flaws.append(Flaw(line, required.value, Reason.COLUMN_MISSING, message))
    return flaws


class _Checks:
    """Checks the rows of one file, and collects their flaws in file order."""

    def __init__(self, columns: Sequence[Column], email: EmailRule) -> None:
        self.columns = columns
        self.email = email
        self.at = {column: columns.index(column) for column in columns}
        self.flaws: list[Flaw] = []
        self._lines: dict[str, int] = {}

    def row(self, line: int, cells: list[str] | None) -> Row | None:
        """Return the checked row. If it has mistakes, return None and add them to `flaws`."""
        before = len(self.flaws)
        if cells is None:
            message = "A quote is not closed, or a quote inside a cell is not doubled, or a cell is far too long."
            self._flaw(line, None, Reason.MALFORMED, message)
        elif self._has_right_width(line, cells):
            values = self._values(line, cells)
            if len(self.flaws) == before:
                first, last, email = (values[column] for column in REQUIRED)
                self._lines[email.lower()] = line
                return Row(line, first, last, email, values.get(Column.GROUP) or None)
        return None

    def _has_right_width(self, line: int, cells: list[str]) -> bool:
        count, width = len(_trimmed(cells)), len(self.columns)
        if count > width:
            self._flaw(line, None, Reason.TOO_MANY_COLUMNS, f"The row has {count} cells, but the header has {width}.")
        # Spreadsheets omit empty cells at the end. So the group may be missing at the end, but no required cell.
        missing = [column for column in self.columns[len(cells) :] if column in REQUIRED]
        for column in missing:
            message = f"The row has {count} cells, but the header has {width}: {column.value} is missing."
            self._flaw(line, column, Reason.TOO_FEW_COLUMNS, message)
        return count <= width and not missing

    def _values(self, line: int, cells: list[str]) -> dict[Column, str]:
        values = {}
        for column, cell in zip(self.columns, cells, strict=False):
            value = csv_text.unescaped(cell.strip()).strip()
            if not value:
                if column in REQUIRED:
                    self._flaw(line, column, Reason.VALUE_MISSING, f"{column.value} is empty.")
            elif column is Column.EMAIL:
                value = self._address(line, value)
            elif (shown := display_name(value)) is not None:
                value = shown
            else:
                self._flaw(line, column, Reason.NAME_INVALID, NAME_RULE)
            values[column] = value
        return values

    def _address(self, line: int, value: str) -> str:
        try:
            address = self.email(value)
        except ValueError as error:
            self._flaw(line, Column.EMAIL, Reason.EMAIL_INVALID, str(error))
            return value
        first = self._lines.get(address.lower())
        if first is not None:
            message = f"Line {first} already has this e-mail address."
            self._flaw(line, Column.EMAIL, Reason.EMAIL_REPEATED, message)
        return address

    def _flaw(self, line: int, column: Column | None, reason: Reason, message: str) -> None:
        self.flaws.append(Flaw(line, column and column.value, reason, message))


def _comparable(name: str) -> str:
    """Return the name of a column without spaces and in lower case, to compare names."""
    return "".join(name.split()).casefold()


def _trimmed(cells: list[str]) -> list[str]:
    """Return the cells without the empty ones at the end."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return cells[:count]
