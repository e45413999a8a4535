"""Files that a client uploads with a request."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Upload:
    """An uploaded file. It is at most as large as a request may be.

    `name` (up to 255 characters, no NUL) and `media_type` ("" if not given) come from the client. Use them in messages,
    but do not trust them.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
