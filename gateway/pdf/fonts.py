"""The fonts of documents: names in most scripts can be written, whatever fonts the machine has.

FiraGO has the Latin, Greek, Cyrillic, Arabic, Hebrew, Devanagari and Thai scripts, and Noto Sans CJK those of Chinese,
Japanese and Korean. A sign that neither has, such as a Tamil letter or an emoji, is left out. The fonts come from
packages of the lock file. They are loaded when the first document is written: most processes write none.
"""

from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from fpdf import FPDF

MAIN, HAN = "FiraGO", "Noto Sans CJK"
SIMPLIFIED_CHINESE = 2
"""The font of the collection with the forms of Han characters that are usual in China."""


def add_to(pdf: FPDF) -> None:
    """Add the fonts to a document. The first one is set; the other one has what the first one lacks."""
    import noto_cjk_sans_otc  # noqa: PLC0415

    folder = Path(_folder().name)
    pdf.add_font(MAIN, "", folder / "regular.otf")
    pdf.add_font(MAIN, "B", folder / "bold.otf")
    pdf.add_font(HAN, "", Path(str(noto_cjk_sans_otc.FONT_PATH)), collection_font_number=SIMPLIFIED_CHINESE)
    pdf.set_fallback_fonts([HAN], exact_match=False)
    pdf.set_font(MAIN)
    pdf.set_text_shaping(True)


@cache
def _folder() -> "TemporaryDirectory[str]":
    """A folder with the files of the first font. Its package has it as Python values, and fpdf2 reads files."""
    import pymupdf_fonts  # noqa: PLC0415

    folder = TemporaryDirectory(prefix="usher-fonts-")  # removed when the process ends
    for name, font in (("regular", "figo"), ("bold", "figbo")):
        Path(folder.name, f"{name}.otf").write_bytes(pymupdf_fonts.myfont(font))
    return folder
