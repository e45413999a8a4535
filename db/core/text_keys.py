"""The stored keys of names: how they sort, how they are found, and when two of them count as the same.

ICU makes the sort keys, by the Unicode Collation Algorithm with the root order of CLDR: PostgreSQL may have been built
without it, as the embedded one was. A key is a text of hexadecimal digits, so that byte order, which is that of the "C"
collation, is its order on every server, and a cursor can hold it. Keys of different versions of ICU may sort
differently. So each row has the version that made its keys, and `db.core.text_renewal` makes old ones anew.
"""

import unicodedata

from icu import ICU_VERSION, UNICODE_VERSION, Collator, Locale, UCollAttribute, UCollAttributeValue

from domain import text

TEXT_VERSION = f"icu {ICU_VERSION}, unicode {UNICODE_VERSION} and {unicodedata.unidata_version}, rules {text.RULES}"
"""What makes the keys: ICU and its Unicode for the order, Python's Unicode and Usher's own rules for folded texts."""
_COLLATOR = Collator.createInstance(Locale.getRoot())
# Names from before they were stored in NFC may be in any form.
_COLLATOR.setAttribute(UCollAttribute.NORMALIZATION_MODE, UCollAttributeValue.ON)
# CLDR gives this code point the lowest weight, to join fields: the second field counts only if the first are equal.
_JOIN = "\ufffe"


def sort_key(*fields: str) -> str:
    """Return the key that sorts by these fields, of which the first counts most."""
    key: bytes = _COLLATOR.getSortKey(_JOIN.join(fields))  # it ends with a zero byte
    return key[:-1].hex()


def person_keys(first_name: str, last_name: str, email: str) -> dict[str, str]:
    """Return the columns with the keys of an account or an invitation."""
    return {
        "name_key": sort_key(last_name, first_name),
        "name_search": text.fold(f"{first_name} {last_name}"),
        "email_search": text.fold(email),
        "text_version": TEXT_VERSION,
    }


def group_keys(name: str) -> dict[str, str]:
    """Return the columns with the keys of a group."""
    return {"name_key": sort_key(name), "name_fold": text.fold(name), "text_version": TEXT_VERSION}


def product_keys(name: str) -> dict[str, str]:
    """Return the columns with the keys of a product."""
    return {"name_key": sort_key(name), "text_version": TEXT_VERSION}


def team_keys(name: str) -> dict[str, str]:
    """Return the columns with the keys of a team."""
    return {"name_fold": text.fold(name), "text_version": TEXT_VERSION}
