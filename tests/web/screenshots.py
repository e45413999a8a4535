"""`make screenshots`: take the pictures of the console in the README, of the demo company, as people of each role."""

import asyncio
import sys
import tempfile
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from pathlib import Path

from db.demo.company import CARL, MARIA, SIGN_INS, URSULA
from gateway.runtime.settings import ROOT
from tests.support import site
from tests.support.process import running
from tests.support.site import Theme, Visit

FOLDER = ROOT / "docs" / "screens"


@dataclass(frozen=True)
class Picture:
    """A picture: its file, the person, the theme, and the way from the first screen to what is shown."""

    name: str
    email: str
    go: Callable[[Visit], Awaitable[None]]
    theme: Theme = "light"


def _steps(*steps: str | int) -> Callable[[Visit], Awaitable[None]]:
    """The way that follows these links, by name, or by place in the first column of the table."""

    async def go(visit: Visit) -> None:
        for step in steps:
            named = visit.page.get_by_role("link", name=str(step), exact=True).first
            rows = visit.page.get_by_role("rowheader").get_by_role("link")
            shown = visit.page.url
            await (rows.nth(step) if isinstance(step, int) else named).click()
            await visit.page.wait_for_function("(shown) => location.href !== shown", arg=shown)
            await visit.settled()

    return go


PICTURES = (
    Picture("products", URSULA, _steps()),
    Picture("people", CARL, _steps("User Management")),
    Picture("person", CARL, _steps("User Management", 4)),
    Picture("pool", CARL, _steps("User Management", "By product", 1)),
    Picture("group", MARIA, _steps("User Management", "By group", 0), "dark"),
    Picture("reporting", URSULA, _steps("Reporting"), "dark"),
)


async def take() -> None:
    """Start Usher with the demo company, and take all pictures."""
    FOLDER.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as folder, running(Path(folder)) as usher:
        async with site.chromium(site.WHOLE) as browser:
            for picture in PICTURES:
                context = await browser.new_context(
                    viewport={"width": 1280, "height": 800}, color_scheme=picture.theme, locale="en-GB"
                )
                visit = await Visit.of(context, usher.address)
                await _take(visit, picture)
                await context.close()


async def _take(visit: Visit, picture: Picture) -> None:
    page, person = visit.page, next(one for one in SIGN_INS if one.email == picture.email)
    await page.goto(visit.address)
    await page.get_by_label("E-mail address").fill(person.email)
    await page.get_by_label("Password").fill(person.password)
    await page.get_by_role("button", name="Sign in", exact=True).click()
    await page.get_by_role("navigation", name="Navigation").wait_for()
    await visit.settled()
    await picture.go(visit)
    await page.mouse.move(0, 0)
    await page.screenshot(path=FOLDER / f"{picture.name}.png", animations="disabled")
    sys.stderr.write(f"docs/screens/{picture.name}.png\n")


if __name__ == "__main__":
    if site.WHOLE is None:
        sys.exit("There is no Chromium: install it (Debian: apt-get install chromium).")
    asyncio.run(take())
