"""Files and functions are short enough to be read in one go."""

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.runtime.settings import ROOT

LAYERS = ("domain", "policies", "db", "resolvers", "execution", "schema", "gateway")
# The most lines of a file, by folder. Migrations are lists, so they have no limit.
FILES = {**dict.fromkeys(LAYERS, 300), "bench": 300, "tests": 500}
LISTS = ("db/migrations/",)
FUNCTION = 40


def sources(folder: str) -> Iterator[tuple[str, str]]:
    """Each file of a folder that is no list: its path in the project, and its text."""
    for path in sorted((ROOT / folder).rglob("*.py")):
        name = path.relative_to(ROOT).as_posix()
        if not name.startswith(LISTS):
            yield name, path.read_text(encoding="utf-8")


@pytest.mark.parametrize("folder", FILES)
def test_no_file_is_too_long(folder: str) -> None:
    assert [name for name, text in sources(folder) if text.count("\n") > FILES[folder]] == []


@pytest.mark.parametrize("layer", LAYERS)
def test_no_function_is_too_long(layer: str) -> None:
    found = [
        f"{name}: {node.name}"
        for name, text in sources(layer)
        for node in ast.walk(ast.parse(text))
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
        and (node.end_lineno or 0) - node.lineno + 1 > FUNCTION
    ]
    assert found == []


@pytest.mark.parametrize("layer", LAYERS)
def test_no_init_file_has_content(layer: str) -> None:
    assert [path for path in Path(ROOT / layer).rglob("__init__.py") if path.read_text(encoding="utf-8")] == []
