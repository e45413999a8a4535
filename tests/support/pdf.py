"""Reads the text of a PDF back, as a person would select it."""

from pypdfium2 import PdfDocument


def pages_of(content: bytes) -> list[list[str]]:
    """The lines of each page."""
    with PdfDocument(content) as document:
        return [page.get_textpage().get_text_range().splitlines() for page in document]
