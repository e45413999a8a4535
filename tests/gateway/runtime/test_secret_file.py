"""Usher keeps the secret that it makes, so that cookies stay valid over a restart."""

import stat
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from gateway.runtime.secret_file import kept_secret


def test_the_secret_stays_the_same_and_only_the_owner_can_read_it(tmp_path: Path) -> None:
    folder = tmp_path / "data"
    first = kept_secret(folder)
    assert len(first) >= 32
    assert kept_secret(folder) == first
    assert stat.S_IMODE((folder / "secret").stat().st_mode) == 0o600
    assert [path.name for path in folder.iterdir()] == ["secret"]


def test_processes_that_start_at_once_get_the_same_secret(tmp_path: Path) -> None:
    with ThreadPoolExecutor(8) as threads:
        assert len(set(threads.map(kept_secret, [tmp_path] * 8))) == 1
