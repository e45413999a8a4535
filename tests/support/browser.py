"""A real browser for tests: Chromium, controlled by Playwright."""

import asyncio
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from playwright.async_api import Browser, async_playwright

from tests.support import node

UNPACKED = node.CLIENTS / "node_modules" / ".chromium"
LIBRARIES = UNPACKED / "al2023" / "lib"


@asynccontextmanager
async def chromium() -> AsyncIterator[Browser]:
    """Start Chromium without a window: the one that `playwright install` brought, or else the one from npm.

    The one from npm is for Linux on x86-64 and needs no library of a desktop.
    """
    async with async_playwright() as playwright:
        program, libraries = await asyncio.to_thread(_program, playwright.chromium.executable_path)
        variables: dict[str, str | float | bool] = {**os.environ, **libraries}
        # Root may not use Chromium's sandbox. The tests open only pages of Usher.
        browser = await playwright.chromium.launch(executable_path=program, env=variables, args=["--no-sandbox"])
        yield browser
        await browser.close()


def _program(installed: str) -> tuple[str, dict[str, str]]:
    """Return the path of Chromium, and the variables that it needs."""
    if Path(installed).exists():
        return installed, {}
    node.install(node.CLIENTS)
    with node.locked("chromium"):
        UNPACKED.mkdir(exist_ok=True)
        return node.run("chromium.mjs", TMPDIR=str(UNPACKED)).strip(), {"LD_LIBRARY_PATH": str(LIBRARIES)}
