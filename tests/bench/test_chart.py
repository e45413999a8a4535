"""The chart is an SVG in which the longest bar belongs to the fastest contender."""

from xml.etree import ElementTree as ET

from bench.chart import draw_panels

SVG = "{http://www.w3.org/2000/svg}"
PANEL = ("(b) <nested>", {"Usher": 210.0, "Mercurius & Co.": 105.0, "slow": 0.001})


def chart() -> ET.Element:
    return ET.fromstring(draw_panels([PANEL, PANEL]))  # noqa: S314 - the SVG comes from the bench itself


def test_names_appear_unchanged_in_the_chart() -> None:
    texts = [text.text for text in chart().iter(f"{SVG}text")]
    assert texts[:7] == ["(b) <nested>", "Usher", "210", "Mercurius & Co.", "105", "slow", "0.00"]


def test_bar_widths_are_proportional_and_at_least_one_pixel() -> None:
    widths = [int(bar.attrib["width"]) for bar in chart().iter(f"{SVG}rect") if "bar" in bar.attrib["class"]]
    assert widths[0] == 2 * widths[1]
    assert widths[2] == 1
    assert widths[3:] == widths[:3]


def test_all_parts_of_the_chart_are_inside_its_frame() -> None:
    root = chart()
    for start, length in (("x", "width"), ("y", "height")):
        parts = [part.attrib for part in root.iter() if start in part.attrib]
        ends = [float(part[start]) + float(part.get(length, 0)) for part in parts]
        assert min(float(part[start]) for part in parts) >= 0
        assert max(ends) < float(root.attrib[length])
