"""Files that came with a request."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Upload:
    """A file, at most as large as a request may be.

    `name` (up to 255 characters, no NUL) and `media_type` ("" when not given) are what the client says: good for a
    message, and proof of nothing.
    """

    name: str
    media_type: str
    content: bytes = field(repr=False)
