"""Each log record is one line of JSON."""

import json
import subprocess
import sys

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
