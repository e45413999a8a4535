"""The rule for names of people, partner tokens and groups."""

import unicodedata

MAX_LENGTH = 100
NAME_RULE = f"A name has 1 to {MAX_LENGTH} characters in any script, and no control characters."


def is_name(text: str) -> bool:
    """Whether the text is a valid name. White space around it does not count."""
    name = text.strip()
    if not 1 <= len(name) <= MAX_LENGTH:
        return False
    # Cc are control characters and Cs are lone surrogates. Neither can be shown, and a surrogate cannot be stored.
    # Python counts neither as printable, so `isprintable` is a fast check for most names.
    return name.isprintable() or not any(unicodedata.category(c) in {"Cc", "Cs"} for c in name)
