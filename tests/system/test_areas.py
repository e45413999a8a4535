"""Every file lies in an area or in a named part of its layer. A subject has the same area in every layer."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from gateway.runtime.settings import ROOT

AREAS = {
    *("access", "audit", "billing", "catalogue", "contracts", "groups", "invitations", "notices", "people", "seats"),
    "usage",
}
# The folders that a layer has besides the areas, and the files at its top.
PARTS: dict[str, tuple[set[str], set[str]]] = {
    "db": ({"core", "demo", "embedded", "migrations", "queue", "tables"}, set()),
    "resolvers": ({"core"}, {"abilities", "nodes"}),
    "schema": ({"core"}, {"build"}),
    "gateway": (
        {"cli", "http", "mail", "pdf", "runtime"},
        {"__main__", "app", "databases", "demo", "serving", "web_workers", "worker"},
    ),
    "policies": ({"engine", "review"}, {"audit_facts", "explain", "facts", "refusal"}),
}
LAYERS_OF_AREAS = ("db", "resolvers", "schema")


def modules(layer: str) -> Iterator[Path]:
    """The modules of a layer, as paths below its folder without `.py`."""
    for path in sorted((ROOT / layer).rglob("*.py")):
        if path.name != "__init__.py":
            yield path.relative_to(ROOT / layer).with_suffix("")


@pytest.mark.parametrize("layer", PARTS)
def test_every_file_lies_in_an_area_or_a_named_part(layer: str) -> None:
    folders, files = PARTS[layer]
    if layer in LAYERS_OF_AREAS:
        folders = folders | AREAS
    misplaced = [
        str(path)
        for path in modules(layer)
        if (path.parts[0] not in folders if len(path.parts) > 1 else path.name not in files)
    ]
    assert misplaced == []


@pytest.mark.parametrize("layer", PARTS)
def test_no_part_of_a_layer_is_empty(layer: str) -> None:
    folders, files = PARTS[layer]
    present = {path.parts[0] for path in modules(layer)}
    assert folders | files <= present


@pytest.mark.parametrize("layer", LAYERS_OF_AREAS)
def test_every_layer_has_every_area(layer: str) -> None:
    assert {path.parts[0] for path in modules(layer) if len(path.parts) > 1} >= AREAS


def test_a_file_name_lies_in_the_same_area_in_every_layer() -> None:
    areas: dict[str, set[str]] = {}
    for layer in LAYERS_OF_AREAS:
        for path in modules(layer):
            if path.parts[0] in AREAS:
                areas.setdefault(path.name, set()).add(path.parts[0])
    assert {stem: found for stem, found in areas.items() if len(found) > 1} == {}


def test_every_schema_file_has_a_resolver_file_of_the_same_name() -> None:
    """The resolvers of a schema module are in the module of the same area and name."""
    resolvers = set(modules("resolvers"))
    assert [str(path) for path in modules("schema") if path.parts[0] in AREAS and path not in resolvers] == []


def test_every_folder_of_tests_is_a_folder_of_the_layer() -> None:
    """`tests/<layer>/<folder>/` exists only if `<layer>/<folder>/` can exist."""
    for layer, (folders, _) in PARTS.items():
        allowed = folders | (AREAS if layer in LAYERS_OF_AREAS else set())
        found = {path.name for path in (ROOT / "tests" / layer).iterdir() if path.is_dir()} - {"__pycache__"}
        assert found <= allowed, layer
