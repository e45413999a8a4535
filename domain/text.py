"""The rules for text that people write: display names, searches, passwords, and when two texts count as the same.

All other modules ask this one, so that a text that is refused, stored, found and compared is treated in one way.
"""

import unicodedata

RULES = 1
"""The number of the rules of `fold`. Raise it whenever a text folds to another one: stored texts are then renewed."""
MAX_LENGTH = 100
"""The length of a name or of a search, in code points."""
NAME_RULE = (
    f"A name has 1 to {MAX_LENGTH} characters in any script. At least one of them must be visible, and none may be a "
    "control character or change the direction of text."
)
EXTERNAL_ID_RULE = (
    f"An external id has 1 to {MAX_LENGTH} characters, and none of them may be a control character or change the "
    "direction of text."
)
PASSWORD_LENGTHS = range(10, 201)
"""The allowed lengths of a password, in code points of its prepared form."""
PASSWORD_RULE = f"A password has {PASSWORD_LENGTHS[0]} to {PASSWORD_LENGTHS[-1]} characters, and no control characters."

# One character decomposes into at most four. Longer texts are not even normalised: the time for that grows with the
# square of the number of combining marks in a row.
_MAX_EXPANSION = 4
# Control characters and lone surrogates. Neither can be shown, and a surrogate cannot be stored.
_CONTROLS = frozenset({"Cc", "Cs"})
_ZWNJ, _ZWJ = "\u200c", "\u200d"
# Unicode's property Bidi_Control.
_BIDI_CONTROLS = frozenset(map(chr, (0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A))))
# Unicode's property Default_Ignorable_Code_Point, also for code points that are not assigned yet.
_IGNORABLE = frozenset(
    chr(code)
    for first, last in (
        *((0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C), (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180F)),
        *((0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F), (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF)),
        *((0xFFA0, 0xFFA0), (0xFFF0, 0xFFF8), (0x1BCA0, 0x1BCA3), (0x1D173, 0x1D17A), (0xE0000, 0xE0FFF)),
    )
    for code in range(first, last + 1)
)
# Characters that are drawn as nothing although Unicode calls them a symbol.
_BLANK = frozenset("\u2800\U0001d159")
# These choose the look of the character before them, so a name keeps them. In any other place they are only unseen.
_SELECTORS = frozenset(map(chr, (*range(0x180B, 0x180E), 0x180F, *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))))
# The marks of Latin, Greek and Cyrillic letters, and the points of Hebrew and Arabic, which people leave out. The marks
# of other scripts are letters, such as the vowels of Hindi and Thai and the voiced sounds of Japanese: they stay.
_ACCENTS = frozenset(
    chr(code)
    for first, last in (
        *((0x300, 0x36F), (0x483, 0x487), (0x591, 0x5C7), (0x610, 0x61A), (0x64B, 0x670), (0x6D6, 0x6ED)),
        *((0x1AB0, 0x1AFF), (0x1DC0, 0x1DFF), (0x20D0, 0x20FF), (0xFE20, 0xFE2F)),
    )
    for code in range(first, last + 1)
    if unicodedata.category(chr(code)) == "Mn"
)
# Letters with a stroke and ligatures have no decomposition, but people type them without it, as in "Lukasz" for Łukasz.
# A keyboard has one apostrophe and one hyphen, and a word processor replaces them.
_PLAIN = str.maketrans(dict(zip("đðħıłøŧ‘’ʼ‐‒–—", "ddhilot'''----", strict=True)) | {"æ": "ae", "œ": "oe", "þ": "th"})
# The last one is the line that stretches Arabic words.
_DROPPED = dict.fromkeys([*map(ord, _ACCENTS | _IGNORABLE), 0x640])
_DROPPED_OR_PLAIN = _DROPPED | _PLAIN


def display_name(text: str) -> str | None:
    """Return the form in which a display name is stored, or None if the text is not a valid name.

    It is in NFC, with no white space at its ends and one space wherever it had white space inside. Characters that show
    nothing are left out; joiners stay between two letters or two symbols, where they change what is seen.
    """
    stripped = text.strip()
    if stripped.isascii() and stripped.isprintable():  # most names, and much faster
        shown = " ".join(stripped.split())
        return shown if 1 <= len(shown) <= MAX_LENGTH else None
    if len(stripped) > _MAX_EXPANSION * MAX_LENGTH or any(map(_is_refused, stripped)):
        return None
    shown = _clean(stripped)
    return shown if len(shown) <= MAX_LENGTH and any(map(_is_visible, shown)) else None


def last_name(text: str | None) -> str | None:
    """Return the form in which a last name is stored, or None if the text is not a valid name.

    It is empty if the person has one name only, which is then the first name.
    """
    return display_name(text) if text is not None and text.strip() else ""


def full_name(first: str, last: str) -> str:
    """Return the first and the last name, or the only name."""
    return f"{first} {last}".strip()


def external_id(text: str) -> str | None:
    """Return the form in which an external id is stored, or None if the text is not one (EXTERNAL_ID_RULE).

    It has no white space at its ends. All else stays as it is, because the customer's directory compares it so.
    """
    trimmed = text.strip()
    return trimmed if 1 <= len(trimmed) <= MAX_LENGTH and not any(map(_is_refused, trimmed)) else None


def fold(text: str) -> str:
    """Return the form in which texts are compared: without case, accents, invisible characters and extra white space.

    Folding a folded text changes nothing, and NFC and NFD of a text have the same folded form. It is never empty if the
    text has a visible character.
    """
    if text.isascii():  # the same, and much faster
        return " ".join(text.lower().split())
    folded, before = _fold_once(text), text
    # A few characters need a second time, because the case of their decomposition differs from their own.
    while folded != before and not folded.isascii():
        folded, before = _fold_once(folded), folded
    # What is only an accent folds to nothing, and is compared as it is.
    return folded or _clean(text)


def lower(email: str) -> str:
    """Return an e-mail address in lower case, letter by letter as PostgreSQL does, to which ΑΣ and ας are two."""
    return email.lower() if email.isascii() else "".join(map(str.lower, email))


def words(search: str) -> list[str]:
    """Return the folded words of a search. Each must be found, in any order; an empty list finds everything."""
    return list(dict.fromkeys(fold(search).split()))


def password(text: str) -> str | None:
    """Return the form of a password that is hashed, or None if no password has this form.

    It is the profile OpaqueString of RFC 8265: spaces become ASCII spaces, and the text is in NFC. Of the code points
    that the profile excludes, only controls and lone surrogates are refused: the others depend on the version of
    Unicode, and a person who chose one must still be able to sign in.
    """
    if not text or len(text) > _MAX_EXPANSION * PASSWORD_LENGTHS[-1]:
        return None
    if any(unicodedata.category(c) in _CONTROLS for c in text):
        return None
    return unicodedata.normalize("NFC", "".join(" " if unicodedata.category(c) == "Zs" else c for c in text))


def passwords(text: str) -> list[str]:
    """Return the forms of a password that a hash may have, the most likely first; at least one.

    Hashes from before passwords were prepared have the password as it was typed. It is a second form only if it
    differs.
    """
    typed = None if any(map(_is_surrogate, text)) else text
    forms = [form for form in dict.fromkeys((password(text), typed)) if form and len(form) in PASSWORD_LENGTHS]
    # No password is empty, so the check of this one fails after the same work.
    return forms or [""]


def _is_refused(c: str) -> bool:
    return unicodedata.category(c) in _CONTROLS or c in _BIDI_CONTROLS


def _is_surrogate(c: str) -> bool:
    return "\ud800" <= c <= "\udfff"


def _is_visible(c: str) -> bool:
    """Whether a reader sees the character by itself. A combining mark has nothing to stand on.

    A code point that Python does not know may be a letter of a newer Unicode.
    """
    category = unicodedata.category(c)
    return category[0] not in "ZM" and category not in {*_CONTROLS, "Cf"} and c not in _IGNORABLE and c not in _BLANK


def _clean(text: str) -> str:
    """Return the text in NFC, without invisible characters that change nothing, and with single spaces."""
    kept = [c for at, c in enumerate(text) if c not in _IGNORABLE or _has_effect(text, at)]
    return " ".join(unicodedata.normalize("NFC", "".join(kept)).split())


def _has_effect(text: str, at: int) -> bool:
    """Whether the invisible character at this place changes what is seen."""
    before = unicodedata.category(text[at - 1]) if at else ""
    if text[at] in _SELECTORS:
        return before[:1] in {"L", "M", "N", "S", "P"} and text[at - 1] not in _IGNORABLE
    if text[at] not in {_ZWJ, _ZWNJ} or not before or at + 1 == len(text):
        return False
    after = unicodedata.category(text[at + 1])
    if text[at + 1] in _IGNORABLE:
        return False
    # A letter may end with marks, as it does in the scripts of India, and an emoji with a mark of its look or a tone.
    is_letter = before[0] in "LM" and text[at - 1] not in _IGNORABLE and after[0] == "L"
    is_emoji = text[at] == _ZWJ and (before in {"So", "Sk"} or text[at - 1] == "\ufe0f") and after == "So"
    return is_letter or is_emoji


def _fold_once(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text).translate(_DROPPED).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_DROPPED_OR_PLAIN)
    return " ".join(unicodedata.normalize("NFC", plain).split())
