"""E-mail addresses as people write them."""

from email_validator import EmailNotValidError, validate_email

# What the validator looks into: far over the 254 of RFC 5321, but a megabyte would keep it, and everybody, a second.
MAX_LENGTH = 1_000


def valid(email: str) -> str:
    """The normal form of an e-mail address, its case kept. Raises EmailNotValidError, which is a ValueError."""
    stripped = email.strip()
    if len(stripped) > MAX_LENGTH:
        raise EmailNotValidError("The email address is too long.")
    return validate_email(stripped, check_deliverability=False).normalized
