"""What may be a name: of a person, a token, a group."""

import unicodedata

MAX_LENGTH = 100
NAME_RULE = f"A name has 1 to {MAX_LENGTH} characters in any script, and no control characters."


def is_name(text: str) -> bool:
    """Whether the text, less white space around it, is fit for a name."""
    name = text.strip()
    if not 1 <= len(name) <= MAX_LENGTH:
        return False
    # Cc are control characters, Cs lone surrogates; neither can be shown, and the latter cannot be stored. What is
    # printable to Python is neither, and asked at once.
    return name.isprintable() or not any(unicodedata.category(c) in {"Cc", "Cs"} for c in name)
