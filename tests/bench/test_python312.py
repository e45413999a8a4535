"""Without a usable Python 3.12 the bench says why, and measures the other contenders."""

from pathlib import Path

import pytest

from bench import python312
from bench.python312 import PythonMissing
from bench.services import PYTHON312, commands


def test_a_machine_without_python_3_12_has_no_such_contender(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(PythonMissing):
        python312.find()
    assert PYTHON312 not in commands()


def test_a_program_of_this_name_that_fails_is_not_used(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shim = tmp_path / python312.NAME
    shim.write_text("#!/bin/sh\necho 'command not found' >&2\nexit 127\n")
    shim.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setattr("sys.version_info", (3, 11, 0))
    with pytest.raises(PythonMissing, match="command not found"):
        python312.find()
