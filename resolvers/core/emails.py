"""E-mail addresses as people write them."""

from email_validator import EmailNotValidError, validate_email

# Far over the limit of 254 in RFC 5321. It stops megabytes of text, which would keep the validator busy for a second.
MAX_LENGTH = 1_000


def valid(email: str) -> str:
    """The normal form of an e-mail address, with its case unchanged. Raises EmailNotValidError, a ValueError."""
    stripped = email.strip()
    if len(stripped) > MAX_LENGTH:
        raise EmailNotValidError("The email address is too long.")
    return validate_email(stripped, check_deliverability=False).normalized


def is_plain(email: str) -> bool:
    """Whether `valid` changes at most the case of this address, apart from blanks at its ends, or refuses it."""
    return email.isascii() and "xn--" not in email.lower()


def normal(email: str) -> str | None:
    """The normal form of an e-mail address, as `valid` returns it; None if the address is not valid."""
    try:
        return valid(email)
    except EmailNotValidError:
        return None
