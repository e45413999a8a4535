"""Finds texts by words, in any order. The texts are stored folded, and the words are folded too."""

import re

from sqlalchemy import ARRAY, ColumnElement, all_, func

from db.tables.types import ID
from domain.text import words

_SEPARATOR = "\n"
_WILDCARD = re.compile(r"[\\%_]")


def patterns(search: str) -> str | None:
    """Return a pattern for each word of a search, as one text. None: the search has no word, so it finds everything."""
    return _SEPARATOR.join(f"%{_WILDCARD.sub(_as_it_is, word)}%" for word in words(search)) or None


def has_words(text: ColumnElement[str], patterns: str) -> ColumnElement[bool]:
    """Whether a folded text contains all the words, each anywhere."""
    return text.bool_op("like")(all_(func.string_to_array(patterns, _SEPARATOR, type_=ARRAY(ID))))


def _as_it_is(wildcard: re.Match[str]) -> str:
    return f"\\{wildcard[0]}"
