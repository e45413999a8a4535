"""Read the people in a CSV file: return the rows that can be imported, and report all mistakes in the others at once.

    First name, Last name, Email address, Group, Role
    Ada, Byron, ada@example.org, Design, Software coordinator

The first line names the columns; `domain.import_columns` says how. `Group`, `Role` and `External id` may be missing,
and other columns are ignored. Commas, semicolons, tabs or `|` separate the cells. A person may have one name only. No
row is lost: each record with text in it becomes a row or is rejected.
"""

import itertools
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

from domain import csv_text, import_columns
from domain.described import INFORMATION, Notice
from domain.import_columns import HEADER_RULE, MAX_COLUMNS, NAMES, Column, Header, trimmed
from domain.roles import Role, role_named
from domain.text import NAME_RULE, display_name, lower

MAX_ROWS = 5_000
# Without a limit, a header of a megabyte would produce a report with as many flaws as it has columns.
MAX_SHOWN = 100
ROLE_RULE = "A role is one of user, software coordinator and contract manager."

EmailRule = Callable[[str], str]
"""Returns the normal form of an e-mail address, or raises a ValueError that says what is wrong with the address."""


class Reason(Notice):
    """Why a file is refused, why a row is rejected, skipped, or imported without a seat, or what is ignored.

    ROWS_MISSING and the values before it are about the whole file; MALFORMED and TOO_MANY_COLUMNS may be about the
    header. GROUP_NOT_FOUND and the values after it depend on the team.
    """

    NOT_TEXT = "not_text", "The file is not text; for example, it is a workbook."
    NOT_UTF8 = "not_utf8", "The text is not encoded as UTF-8."
    HEADER_MISSING = "header_missing", "The file is empty."
    COLUMN_MISSING = "column_missing", "The header lacks this column."
    COLUMN_UNKNOWN = "column_unknown", "There is no such column; it is ignored. Information.", INFORMATION
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
    ROLE_INVALID = "role_invalid", "There is no such role."
    GROUP_NOT_FOUND = "group_not_found", "The team has no group with this name."
    EXTERNAL_ID_INVALID = "external_id_invalid", "This is not a valid external id."
    EXTERNAL_ID_KEPT = (
        "external_id_kept",
        "The person has another external id in the team, or has none and you may not update them. Information.",
        INFORMATION,
    )
    EXTERNAL_ID_TAKEN = "external_id_taken", "Another person in the team or in the file has this external id."
    ALREADY_MEMBER = (
        "already_member",
        "The person is already in the team or invited to it; the row is skipped. Information.",
        INFORMATION,
    )
    REMOVED_BEFORE = (
        "removed_before",
        "The person was removed from the team, or their invitation was revoked; the row is skipped. Information.",
        INFORMATION,
    )
    ROLE_REFUSED = "role_refused", "You may not give this person this role, or take their role away."
    LAST_CONTRACT_MANAGER = "last_contract_manager", "A team must keep at least one contract manager."
    NAME_KEPT = (
        "name_kept",
        "You may not change the names of this person, so they stay as they are. Information.",
        INFORMATION,
    )
    LEAVER_KEPT = (
        "leaver_kept",
        "The person is not in the file, but you may not remove them, so they stay in the team. Information.",
        INFORMATION,
    )
    SEPARATION_OF_DUTIES = (
        "separation_of_duties",
        "The team separates duties, and you may not give yourself a seat; so you got none. Information.",
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
    """One person in the file. `line` is the first line of the row; `email` is in its normal form.

    If the person has one name only, it is the first name, and the last name is empty. `group` and `role` are None if
    the cell is empty or the column is missing.
    """

    line: int
    first_name: str
    last_name: str
    email: str
    group: str | None
    external_id: str | None = None
    role: Role | None = None


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
    def is_complete(self) -> bool:
        """Whether every row was read, so that it is known who is in the file."""
        return bool(self.rows) and not self.rejected

    @property
    def is_refused(self) -> bool:
        """Whether the whole file is refused, so that no row was checked."""
        return self.total == 0


def read(data: bytes | str, email: EmailRule) -> Sheet:
    """Return the rows of a file and all its flaws.

    If several rows have the same e-mail address (ignoring case), the first good row is returned and the others are
    rejected. The database treats one spelling more as the same address (İ and i), so there two rows may still be one
    account.
    """
    try:
        text = csv_text.text_of(data) if isinstance(data, bytes) else csv_text.without_nul(data)
    except csv_text.NotText as problem:
        return Sheet(flaws=[Flaw(None, None, Reason.NOT_TEXT, str(problem))])
    except csv_text.NotUtf8 as problem:
        return Sheet(flaws=[Flaw(None, None, Reason.NOT_UTF8, str(problem))])
    text, delimiter, header = import_columns.read(text)
    flaws = _header_flaws(header)
    if header.cells is None or not all(flaw.reason.is_information for flaw in flaws):
        return Sheet(flaws=flaws)
    # One row more than the limit is enough to know that there are too many.
    records = list(itertools.islice(csv_text.records(text, delimiter), 1, MAX_ROWS + 2))
    if not records:
        message = "The file has a header and no rows below it."
        return Sheet(flaws=[*flaws, Flaw(None, None, Reason.ROWS_MISSING, message)])
    if len(records) > MAX_ROWS:
        message = f"The file has more than {MAX_ROWS:,} rows; split it into several."
        return Sheet(flaws=[*flaws, Flaw(records[-1][0], None, Reason.TOO_MANY_ROWS, message)])
    checks = _Checks(header.places, len(header.cells), email, flaws)
    rows = [row for number, cells in records if (row := checks.row(number, cells))]
    return Sheet(rows, checks.flaws, len(records) - len(rows))


def _header_flaws(header: Header) -> list[Flaw]:
    line, cells = header.line, header.cells
    if line is None:
        return [Flaw(None, None, Reason.HEADER_MISSING, f"The file is empty. {HEADER_RULE}")]
    if cells is None:
        return [Flaw(line, None, Reason.MALFORMED, f"The quotes in the header do not match. {HEADER_RULE}")]
    if len(cells) > MAX_COLUMNS:
        return [Flaw(line, None, Reason.TOO_MANY_COLUMNS, f"The header has {len(cells)} columns. {HEADER_RULE}")]
    flaws = []
    for at, name in enumerate(cells):
        shown = name[:MAX_SHOWN]
        if at in header.repeated:
            flaws.append(Flaw(line, shown, Reason.COLUMN_REPEATED, f"The header has the column {shown} twice."))
        elif not header.is_known(at):
            message = f"The column “{shown}” is ignored." if name else f"Column {at + 1} has no name, and is ignored."
            flaws.append(Flaw(line, shown or None, Reason.COLUMN_UNKNOWN, message))
    for required in header.missing:
        message = f"The column {required.value} is missing. {HEADER_RULE}"
        flaws.append(Flaw(line, required.value, Reason.COLUMN_MISSING, message))
    return flaws


class _Checks:
    """Checks the rows of one file, and adds their flaws, in file order, to `flaws`."""

    def __init__(self, places: Mapping[Column, Sequence[int]], width: int, email: EmailRule, flaws: list[Flaw]) -> None:
        self.places = places
        self.width = width
        self.email = email
        self.flaws = flaws
        names = [at for column in NAMES for at in places.get(column, ())]
        # The column that a message names, and the first cell that is enough.
        self.name_column = Column.FIRST_NAME if Column.FIRST_NAME in places else Column.NAME
        self.needed = {self.name_column: min(names), Column.EMAIL: min(places[Column.EMAIL])}
        self._lines: dict[str, int] = {}

    def row(self, line: int, cells: list[str] | None) -> Row | None:
        """Return the checked row. If it has mistakes, return None and add them to `flaws`."""
        before = len(self.flaws)
        if cells is None:
            message = "A quote is not closed, or a quote inside a cell is not doubled, or a cell is far too long."
            self._flaw(line, None, Reason.MALFORMED, message)
        elif self._has_right_width(line, cells):
            first, last = self._names(line, cells)
            email, group, role = self._address(line, cells), self._group(line, cells), self._role(line, cells)
            if len(self.flaws) == before:
                self._lines[lower(email)] = line
                external_id = next(iter(self._filled(Column.EXTERNAL_ID, cells)), None)
                return Row(line, first, last, email, group, external_id, role)
        return None

    def _has_right_width(self, line: int, cells: list[str]) -> bool:
        count = len(trimmed(cells))
        if count > self.width:
            message = f"The row has {count} cells, but the header has {self.width}."
            self._flaw(line, None, Reason.TOO_MANY_COLUMNS, message)
        # Spreadsheets omit empty cells at the end. So cells may be missing there, but not all names, nor the address.
        missing = [column for column, at in self.needed.items() if at >= len(cells)]
        for column in missing:
            message = f"The row has {len(cells)} cells, but the header has {self.width}: {column.value} is missing."
            self._flaw(line, column, Reason.TOO_FEW_COLUMNS, message)
        return count <= self.width and not missing

    def _filled(self, column: Column, cells: list[str]) -> list[str]:
        """The texts in the places of this column, best first, without empty ones."""
        found = (cells[at] for at in self.places.get(column, ()) if at < len(cells))
        return [value for cell in found if (value := csv_text.unescaped(cell.strip()).strip())]

    def _names(self, line: int, cells: list[str]) -> tuple[str, str]:
        """The first and the last name. A person with one name has a first name only, whichever column it stands in."""
        parts = ((column, self._filled(column, cells)) for column in (Column.FIRST_NAME, Column.LAST_NAME))
        names = [(column, values[0]) for column, values in parts if values]
        if not names:
            # A full name is not divided: which part of it is the last name differs from language to language.
            full = (value for value in self._filled(Column.NAME, cells) if "@" not in value)
            names = [(Column.NAME, value) for value in itertools.islice(full, 1)]
        if not names:
            self._flaw(line, self.name_column, Reason.VALUE_MISSING, "The row has no name.")
        shown = [display_name(value) for _, value in names]
        for (column, _), name in zip(names, shown, strict=True):
            if name is None:
                self._flaw(line, column, Reason.NAME_INVALID, NAME_RULE)
        first, last, *_ = [*(name or "" for name in shown), "", ""]
        return first, last

    def _address(self, line: int, cells: list[str]) -> str:
        filled = self._filled(Column.EMAIL, cells)
        if not filled:
            self._flaw(line, Column.EMAIL, Reason.VALUE_MISSING, f"{Column.EMAIL.value} is empty.")
            return ""
        # A user name or a login is an address in some exports only.
        value = next((one for one in filled if "@" in one), filled[0])
        try:
            address = self.email(value)
        except ValueError as error:
            self._flaw(line, Column.EMAIL, Reason.EMAIL_INVALID, str(error))
            return value
        first = self._lines.get(lower(address))
        if first is not None:
            message = f"Line {first} already has this e-mail address."
            self._flaw(line, Column.EMAIL, Reason.EMAIL_REPEATED, message)
        return address

    def _group(self, line: int, cells: list[str]) -> str | None:
        filled = self._filled(Column.GROUP, cells)
        shown = display_name(filled[0]) if filled else None
        if filled and shown is None:
            self._flaw(line, Column.GROUP, Reason.NAME_INVALID, NAME_RULE)
        return shown

    def _role(self, line: int, cells: list[str]) -> Role | None:
        filled = self._filled(Column.ROLE, cells)
        role = role_named(filled[0]) if filled else None
        if filled and role is None:
            self._flaw(line, Column.ROLE, Reason.ROLE_INVALID, ROLE_RULE)
        return role

    def _flaw(self, line: int, column: Column | None, reason: Reason, message: str) -> None:
        self.flaws.append(Flaw(line, column and column.value, reason, message))
