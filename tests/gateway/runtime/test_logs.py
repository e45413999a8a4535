"""Whatever is to be told is told in one line of JSON."""

import json
import subprocess
import sys

from gateway.runtime.settings import ROOT

SAY = r"""
import logging
import structlog
from gateway.runtime import logs
logs.configure()
structlog.get_logger().info("plain", ms=1.5)
structlog.get_logger().info("odd", half="\ud800", large=2**70, other={1})
logging.getLogger("library").warning("half: %s", "\ud800")
"""


def test_what_orjson_cannot_write_is_told_all_the_same() -> None:
    said = subprocess.run([sys.executable, "-c", SAY], cwd=ROOT, capture_output=True, text=True, check=True).stderr  # noqa: S603
    plain, odd, library = map(json.loads, said.splitlines())
    assert (plain["event"], plain["ms"], plain["level"]) == ("plain", 1.5, "info")
    assert (odd["event"], odd["half"], odd["large"]) == ("odd", "\ud800", 2**70)
    assert library["event"] == "half: \ud800"
