"""Each log record is one line of JSON."""

import asyncio
import io
import json
import os
import subprocess
import sys

import pytest

from gateway.runtime.logs import FLUSH_SECONDS, Lines
from gateway.runtime.settings import ROOT

SCRIPT = r"""
import logging
import structlog
from gateway.runtime import logs
logs.configure()
structlog.get_logger().info("plain", ms=1.5)
structlog.get_logger().info("odd", half="\ud800", large=2**70, other={1})
logging.getLogger("library").warning("half: %s", "\ud800")
"""


def test_values_that_orjson_cannot_write_are_logged_too() -> None:
    lines = subprocess.run([sys.executable, "-c", SCRIPT], cwd=ROOT, capture_output=True, text=True, check=True).stderr  # noqa: S603
    plain, odd, library = map(json.loads, lines.splitlines())
    assert (plain["event"], plain["ms"], plain["level"]) == ("plain", 1.5, "info")
    assert (odd["event"], odd["half"], odd["large"]) == ("odd", "\ud800", 2**70)
    assert library["event"] == "half: \ud800"


BURST = """
import asyncio, os, sys
import structlog
from gateway.runtime import logs
logs.configure()
async def serve():
    structlog.get_logger().info("one")
    os.write(2, b"meanwhile\\n")
    structlog.get_logger().info("two")
    logs.flush()
    structlog.get_logger().info("three")
asyncio.run(serve())
"""


@pytest.mark.parametrize("unbuffered", ["", "1"])
def test_lines_wait_in_memory_with_and_without_pythonunbuffered(unbuffered: str) -> None:
    given = {**os.environ, "PYTHONUNBUFFERED": unbuffered}
    done = subprocess.run(  # noqa: S603 - the tests' own arguments, no shell
        [sys.executable, "-c", BURST], cwd=ROOT, env=given, capture_output=True, text=True, check=True
    )
    meanwhile, *lines = done.stderr.splitlines()
    assert meanwhile == "meanwhile"
    assert [json.loads(line)["event"] for line in lines] == ["one", "two", "three"]


class Counting(io.BytesIO):
    """A file that counts how often its content is passed on."""

    flushes = 0

    def flush(self) -> None:
        self.flushes += 1


def log_three(lines: Lines) -> None:
    for _ in range(3):
        lines.write(b"line\n")
        lines.flush()


def test_a_running_loop_writes_the_lines_of_a_moment_together() -> None:
    file = Counting()
    lines = Lines(file)

    async def serve() -> None:
        log_three(lines)
        assert file.flushes == 0
        await asyncio.sleep(FLUSH_SECONDS * 2)
        assert file.flushes == 1

    asyncio.run(serve())
    asyncio.run(asyncio.sleep(0))
    log_three(lines)
    assert (file.flushes, file.getvalue()) == (4, b"line\n" * 6)


def test_a_loop_that_ended_before_it_wrote_does_not_keep_the_next_loop_from_writing() -> None:
    file = Counting()
    lines = Lines(file)

    async def log_only() -> None:
        log_three(lines)

    async def log_and_wait() -> None:
        log_three(lines)
        await asyncio.sleep(FLUSH_SECONDS * 2)

    asyncio.run(log_only())
    assert file.flushes == 0
    asyncio.run(log_and_wait())
    assert file.flushes == 1
