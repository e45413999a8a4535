"""The npm packages of the tests are installed once for each lock file, and a missing registry is said plainly."""

import shutil
from pathlib import Path

import pytest

from tests.support import node

LOCKED = ("package.json", "package-lock.json")


@pytest.fixture
def unreachable(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """No registry and no cache for npm."""
    monkeypatch.setenv("npm_config_registry", "http://127.0.0.1:9/")
    monkeypatch.setenv("npm_config_cache", str(tmp_path / "cache"))
    monkeypatch.setenv("npm_config_fetch_retries", "0")


@pytest.mark.slow
def test_installed_packages_need_no_registry(request: pytest.FixtureRequest) -> None:
    node.install(node.CLIENTS)
    request.getfixturevalue("unreachable")
    node.install(node.CLIENTS)


@pytest.mark.slow
@pytest.mark.usefixtures("unreachable")
def test_without_a_registry_the_message_names_the_lock_file(tmp_path: Path) -> None:
    folder = tmp_path / "clients"
    folder.mkdir()
    for name in LOCKED:
        shutil.copy(node.CLIENTS / name, folder)
    with pytest.raises(node.PackagesMissing, match=r"could not install .*package-lock\.json.* a registry of npm"):
        node.install(folder)
    assert not (folder / "node_modules" / ".installed-lock").exists()
