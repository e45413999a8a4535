"""Texts are plain English: a machine finds words by which a sentence has to be read twice."""

import re
import subprocess

import pytest

from gateway.runtime.settings import ROOT

TEXTS = re.compile(r"\.(?:py|md|graphql|polar|toml|ya?ml)$|^Makefile$")
RIDDLES = {
    "whom": re.compile(r"\bwhom\b", re.IGNORECASE),
    "whoever": re.compile(r"\b(?:whoever|whomever)\b", re.IGNORECASE),
    # "Who holds it keeps it." The person is missing: "A person who holds it keeps it." A question may begin so.
    "a sentence that begins with Who": re.compile(r"(?:^|[.;:!?][\"”)]? |\"\"\"|# )Who [^.?!]*[.!]"),
    "a clause that begins with whose": re.compile(r"(?:^|[.;:!?][\"”)]? |\"\"\"|# )Whose [^.?!]*[.!]"),
}
# A heading of a page may be a question without its mark: "# Who may do what".
HEADING = re.compile(r"^#+ (?:Who|Whose)\b[^.!]*$", re.MULTILINE)
OWN = "tests/system/test_plain_english.py"


def texts() -> dict[str, str]:
    """The text of each file that people read, with its lines joined, so that a sentence stands in one piece."""
    listed = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True)  # noqa: S607
    files = (name for name in listed.stdout.splitlines() if TEXTS.search(name) and name != OWN)
    return {name: re.sub(r"\n[ #]*", " ", HEADING.sub("", (ROOT / name).read_text(encoding="utf-8"))) for name in files}


@pytest.mark.parametrize("riddle", RIDDLES)
def test_no_text_has_a_sentence_of_this_kind(riddle: str) -> None:
    pattern = RIDDLES[riddle]
    found = [f"{name}: …{match[0][:80]}" for name, text in texts().items() for match in pattern.finditer(text)]
    assert found == []


@pytest.mark.parametrize(
    ("riddle", "sentence"),
    [
        ("whom", "They are those whom it names."),
        ("whoever", "Whoever comes first gets it."),
        ("a sentence that begins with Who", "It is so. Who holds one keeps it."),
        ("a clause that begins with whose", '"""Whose it is.'),
    ],
)
def test_a_sentence_of_this_kind_is_found(riddle: str, sentence: str) -> None:
    assert RIDDLES[riddle].search(sentence)
    assert not RIDDLES[riddle].search("Who holds a seat, and who may change that? The person who holds one keeps it.")
