"""A document of pages: text, and tables whose rows may be higher than a line."""

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Literal, NamedTuple, cast

from fpdf import FPDF
from fpdf.enums import Align, MethodReturnValue, XPos, YPos

from gateway.pdf import fonts

LINE, SIZE, SMALL = 5.5, 10, 8
"""The height of a line in millimetres, and the sizes of letters in points."""
RIGHT_TO_LEFT, MARKS = {"R", "AL", "AN"}, {"Mc", "Mn"}
"""The directions (Unicode) of letters that run from right to left, and the categories of signs that join a letter."""


class Column(NamedTuple):
    """A column of a table: its title, its width in millimetres, and at which side its texts stand."""

    title: str
    width: float
    align: Align = Align.L


class Paper(FPDF):
    """A document on A4, with the title and the number of the page below each page."""

    def __init__(self, title: str, language: str) -> None:
        super().__init__(format="A4")
        self._footing = title
        self._table: Sequence[Column] | None = None
        fonts.add_to(self)
        self.set_font(size=SIZE)
        self.set_title(title)
        self.set_lang(language)
        self.set_creator("Usher")
        self.set_auto_page_break(True, 20)
        self.add_page()

    def header(self) -> None:
        """Write what stands above each page: the head of the table that goes on. fpdf2 calls it."""
        if self._table is not None:
            self._write_head(self._table)

    def footer(self) -> None:
        """Write what stands below each page. fpdf2 calls it."""
        self.set_y(-15)
        self.set_font(size=SMALL)
        self.write_line(f"{self._footing} · {self.page_no()}/{{nb}}", self.epw, Align.R)
        self.set_font(size=SIZE)

    def write_line(self, text: str, width: float, align: Align = Align.L, *, last: bool = True) -> None:
        """Write one line, which must fit into the width in millimetres. `last` ends the row."""
        x, y = (XPos.LMARGIN, YPos.NEXT) if last else (XPos.RIGHT, YPos.TOP)
        if self.will_page_break(LINE):
            self.add_page()
        # A line that ends in the other font would leave it to the next one, which fpdf2 does not know of.
        with self._as_text(text), self.local_context():
            self.cell(width, LINE, text, align=align, new_x=x, new_y=y)

    def write_paragraph(self, text: str, size: int = SIZE, style: Literal["", "B"] = "") -> None:
        """Write a text over the whole width."""
        self.set_font(style=style, size=size)
        for line in self._lines(text, self.epw):
            self.write_line(line, self.epw)
        self.set_font(size=SIZE)

    def write_table(self, columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> None:
        """Write a table. Its head stands above each of its pages, and no row stands on two pages."""
        self._write_head(columns)
        self._table = columns
        for row in rows:
            self.write_row(columns, row)
        self._table = None
        self.write_rule()

    def write_row(self, columns: Sequence[Column], cells: Sequence[str]) -> None:
        """Write a row. A text that does not fit into its width takes several lines."""
        found = [self._lines(text, column.width) for text, column in zip(cells, columns, strict=True)]
        height = max(map(len, found))
        if self.will_page_break(height * LINE):
            self.add_page()
        for n in range(height):
            for column, lines in zip(columns, found, strict=True):
                text = lines[n] if n < len(lines) else ""
                self.write_line(text, column.width, column.align, last=column is columns[-1])

    def write_rule(self) -> None:
        """Draw a line over the whole width."""
        self.line(self.l_margin, self.get_y(), self.l_margin + self.epw, self.get_y())
        self.ln(1)

    def _write_head(self, columns: Sequence[Column]) -> None:
        self.set_font(style="B", size=SMALL)
        self.write_row(columns, [column.title for column in columns])
        self.set_font(size=SIZE)
        self.write_rule()

    def _lines(self, text: str, width: float) -> list[str]:
        found = self.multi_cell(width, LINE, text, align=Align.L, dry_run=True, output=MethodReturnValue.LINES)
        return cast("list[str]", found) or [""]

    @contextmanager
    def _as_text(self, text: str) -> Iterator[None]:
        """Mark a line with its text, so that readers copy and search what was written.

        In Indic scripts the order of the shapes is not that of the letters. Where a script runs from right to left,
        readers know that from the shapes, and turn such a mark around.
        """
        if not any(unicodedata.category(letter) in MARKS for letter in text) or _turns(text):
            yield
            return
        self._out(f"/Span <</ActualText <FEFF{text.encode('utf-16-be').hex()}>>> BDC")
        yield
        self._out("EMC")


def _turns(text: str) -> bool:
    return any(unicodedata.bidirectional(letter) in RIGHT_TO_LEFT for letter in text)
