"""The columns of a file of people, and the names that the exports of other vendors give them.

The header may use any of these names, in any order and case. Blanks and punctuation do not matter, nor does what a
vendor adds to say that a column is required: `Email Address [Required]`. A name in brackets comes first, because it is
the exact one: `User name [userPrincipalName] Required`.
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from domain import csv_text


class Column(StrEnum):
    """The columns of the file, in their recommended spelling."""

    FIRST_NAME = "First name"
    LAST_NAME = "Last name"
    NAME = "Name"
    EMAIL = "Email address"
    GROUP = "Group"
    ROLE = "Role"
    EXTERNAL_ID = "External id"


NAMES = (Column.FIRST_NAME, Column.LAST_NAME, Column.NAME)
REQUIRED = (Column.FIRST_NAME, Column.LAST_NAME, Column.EMAIL)
HEADER_RULE = (
    f"The first line must name the columns {', '.join(REQUIRED)}, and may name {Column.GROUP}, {Column.ROLE} and "
    f"{Column.EXTERNAL_ID}. A column {Column.NAME} can stand for the first two."
)
ALIASES = {
    Column.FIRST_NAME: ("firstname", "givenname", "forename"),
    Column.LAST_NAME: ("lastname", "surname", "familyname"),
    Column.NAME: ("name", "fullname", "displayname", "username"),
    Column.EMAIL: (
        "emailaddress",
        "email",
        "mail",
        "workemail",
        "primaryemail",
        "userprincipalname",
        "upn",
        "login",
        "username",
    ),
    Column.GROUP: ("group", "groupname"),
    Column.ROLE: ("role", "rolename", "teamrole"),
    Column.EXTERNAL_ID: ("externalid", "employeeid", "employeenumber", "objectid"),
}
"""The names of each column, best first, as `_comparable` writes them. A user name may be an address or a name."""
USER_NAME = (Column.NAME, ALIASES[Column.NAME].index("username"))
"""Where a file has first names, a user name is not a name of a person."""

# What is longer, or further to the right, names no column. To look at it takes time that grows with its square.
MAX_CELL = 200
MAX_COLUMNS = 200
DELIMITERS = (",", ";", "\t", "|")
# Possessive, because a long text of dots would else be tried at each of its places.
VERSION = re.compile(r'(\s*+)"?version:v[\d.]++[^\w\r\n]*+(?=[\r\n]|\Z)', re.IGNORECASE)
"""The first line of the templates of Entra ID."""
BRACKETS = re.compile(r"\[([^\]]*)\]")

_KNOWN: dict[str, list[tuple[Column, int]]] = {}
for _column, _names in ALIASES.items():
    for _rank, _name in enumerate(_names):
        _KNOWN.setdefault(_name, []).append((_column, _rank))


@dataclass(frozen=True, slots=True)
class Header:
    """The header of a file: the number of its line, from 1, its cells as written, and where each column stands.

    A column may stand in several places, best first: for example a `mail` and a `userPrincipalName` are both e-mail
    addresses. `repeated` are the cells that name a column with the same name as an earlier cell. The line is None if
    the file has no text, and the cells are None if the quotes do not match.
    """

    line: int | None
    cells: Sequence[str] | None
    places: dict[Column, list[int]]
    repeated: list[int]

    @property
    def missing(self) -> list[Column]:
        """The required columns that are not there. A full name stands for the other two only if both are not there."""
        missing = [column for column in REQUIRED if column not in self.places]
        if Column.NAME in self.places and Column.FIRST_NAME in missing and Column.LAST_NAME in missing:
            return missing[2:]
        return missing

    def is_known(self, at: int) -> bool:
        """Whether this cell names a column."""
        return any(at in places for places in self.places.values())


def read(text: str) -> tuple[str, str, Header]:
    """Return the text with empty lines for those that only say how to read it, its delimiter, and its header.

    The delimiter is the one that finds the most columns; of several, the one that a line `sep=` names, or the first.
    """
    named, text = csv_text.separator(text)
    version = VERSION.match(text)
    if version is not None:
        text = version[1] + text[version.end() :]
    delimiters = DELIMITERS if named is None else (named, *DELIMITERS)
    headers = {delimiter: _header(text, delimiter) for delimiter in delimiters}
    # Delimiters alone are no text: a header that is empty for one delimiter is empty.
    empty = [delimiter for delimiter, header in headers.items() if header.line is None]
    best = max(empty or headers, key=lambda delimiter: len(headers[delimiter].places))
    return text, best, headers[best]


def trimmed(cells: Sequence[str]) -> Sequence[str]:
    """Return the cells without the empty ones at the end."""
    count = len(cells)
    while count and not cells[count - 1].strip():
        count -= 1
    return cells[:count]


def _header(text: str, delimiter: str) -> Header:
    line, record = next(csv_text.records(text, delimiter), (None, None))
    if record is None:
        return Header(line, None, {}, [])
    cells = [csv_text.unescaped(cell.strip()) for cell in trimmed(record)]
    found: dict[tuple[Column, int], int] = {}
    repeated = []
    for at, cell in enumerate(cells[:MAX_COLUMNS]):
        for alias in _aliases(cell):
            if found.setdefault(alias, at) != at and at not in repeated:
                repeated.append(at)
    if any(column is Column.FIRST_NAME for column, _ in found):
        found.pop(USER_NAME, None)
    places: dict[Column, list[int]] = {}
    for column, rank in sorted(found, key=lambda alias: alias[1]):
        places.setdefault(column, []).append(found[column, rank])
    return Header(line, cells, places, repeated)


def _aliases(cell: str) -> Sequence[tuple[Column, int]]:
    """Return the columns that this cell of a header may name, each with the rank of the name."""
    if len(cell) > MAX_CELL:
        return ()
    names = [_comparable(name) for name in (*BRACKETS.findall(cell), BRACKETS.sub(" ", cell))]
    return next((_KNOWN[name] for name in names if name in _KNOWN), ())


def _comparable(name: str) -> str:
    """Return the letters and digits of a name, in lower case."""
    letters = (one for one in unicodedata.normalize("NFKC", name).casefold() if one.isalnum())
    return "".join(letters).removesuffix("required")
