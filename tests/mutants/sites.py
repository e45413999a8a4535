"""The places in the sources where SQL locks something or sorts rows."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
FOLDERS = ("db", "resolvers")
"""The folders with SQL statements; their subfolders are included."""

KEYWORD = re.compile(
    r"\border by\b|\.order_by\(|\border_by=|\bfor (?:no key )?update\b|\bfor (?:key )?share\b(?! in\b)"
    r"|\bwith_for_update\b|\block table\b|\bpg_\w*advisory\w*",
    re.IGNORECASE,
)


class Site(NamedTuple):
    """An order or a lock in a source: its offset, its text up to the next site or the end of the line, and its line."""

    start: int
    text: str
    line: str


def files() -> Iterator[tuple[str, str]]:
    """Each source file: its path in the project, and its text."""
    for folder in FOLDERS:
        for path in sorted((ROOT / folder).rglob("*.py")):
            yield path.relative_to(ROOT).as_posix(), path.read_text()


def sites(source: str) -> list[Site]:
    """The sites of a source, in order."""
    found, offset = [], 0
    for line in source.splitlines(keepends=True):
        starts = [match.start() for match in KEYWORD.finditer(line)]
        for start, end in zip(starts, [*starts, len(line)][1:], strict=True):
            found.append(Site(offset + start, line[start:end].rstrip(), line.strip()))
        offset += len(line)
    return found
