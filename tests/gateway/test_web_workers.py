"""A worker that dies is replaced, until too many have died."""

import asyncio
import os
import sys
from pathlib import Path

import pytest

from gateway.runtime.settings import ROOT
from gateway.web_workers import MAX_DEATHS

pytestmark = pytest.mark.slow

RUN = """
import socket
from uvicorn import Config
from gateway.web_workers import WebWorkers

if __name__ == "__main__":
    workers = WebWorkers(Config("dying:app", workers=2), [socket.create_server(("127.0.0.1", 0))])
    workers.run()
    print("gave up:", workers.gave_up)
"""


async def test_workers_that_keep_dying_are_not_replaced_for_ever(tmp_path: Path) -> None:
    (tmp_path / "run.py").write_text(RUN, encoding="utf-8")
    (tmp_path / "dying.py").write_text("import os\nos._exit(9)\n", encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "run.py",
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{tmp_path}"},
        stdout=asyncio.subprocess.PIPE,
    )
    output, _ = await process.communicate()
    deaths = output.decode().count("web_worker_died")
    assert MAX_DEATHS <= deaths <= MAX_DEATHS + 1  # two can die between two looks
    assert output.decode().endswith("gave up: True\n")
