"""The chart is an SVG in which the longest bar is the quickest contender's."""

from xml.etree import ElementTree as ET

from bench.chart import picture

SVG = "{http://www.w3.org/2000/svg}"
PANEL = ("(b) <nested>", {"Usher": 210.0, "Mercurius & Co.": 105.0, "slow": 0.001})


def drawn() -> ET.Element:
    return ET.fromstring(picture([PANEL, PANEL]))  # noqa: S314 - our own


def test_names_are_shown_as_they_are() -> None:
    texts = [text.text for text in drawn().iter(f"{SVG}text")]
    assert texts[:7] == ["(b) <nested>", "Usher", "210", "Mercurius & Co.", "105", "slow", "0.00"]


def test_bars_are_in_proportion_and_never_vanish() -> None:
    widths = [int(bar.attrib["width"]) for bar in drawn().iter(f"{SVG}rect") if "bar" in bar.attrib["class"]]
    assert widths[0] == 2 * widths[1]
    assert widths[2] == 1
    assert widths[3:] == widths[:3]


def test_everything_lies_within_the_picture() -> None:
    root = drawn()
    height = float(root.attrib["height"])
    assert all(0 <= float(part.attrib["y"]) < height for part in root.iter() if "y" in part.attrib)
