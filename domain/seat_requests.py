"""The states of requests for seats, and the longest text of one."""

from domain.described import DescribedText

MAX_TEXT = 1_000
"""The most characters of the text in a request or in its answer."""


class RequestState(DescribedText):
    """The state of a request for a seat."""

    OPEN = "open", "Nobody has answered it yet."
    GRANTED = "granted", "It was granted, or the person who asked already holds a seat of the product."
    DENIED = "denied", "It was denied."
    WITHDRAWN = "withdrawn", "The person who asked withdrew it."
