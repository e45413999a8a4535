"""A private folder for embedded servers."""

import os
import signal
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from db.embedded import pidfile


@pytest.fixture
def home() -> Iterator[Path]:
    """A private home folder like /root: only its owner can open it, and its path is short."""
    with tempfile.TemporaryDirectory(prefix="u-", dir="/tmp") as path:
        yield Path(path).resolve()
        for data in Path(path).rglob("postgres/data"):
            if (state := pidfile.read(data)) and pidfile.is_running(state.pid, data):
                os.kill(state.pid, signal.SIGKILL)
