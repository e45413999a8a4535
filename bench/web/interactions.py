"""How long a person waits for the screen to answer a click or a key, with a processor that is four times slower."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from playwright.async_api import Browser, Page

from bench.web.company import Company
from bench.web.loads import tab
from domain.roles import Role
from tests.support.site import Visit

SLOWED = 4
# The browser reports no interaction that took less than 16 ms: these count as 16 ms.
SHORTEST = 16.0
OBSERVE = f"""() => {{
  window.slowest = {SHORTEST};
  new PerformanceObserver((list) => {{
    for (const entry of list.getEntries())
      if (entry.interactionId) window.slowest = Math.max(window.slowest, entry.duration);
  }}).observe({{ type: "event", durationThreshold: 16 }});
}}"""
# Two frames and a pause: an interaction is reported after the frame that shows its result.
SLOWEST = """() => new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(() =>
  setTimeout(() => { const found = window.slowest; window.slowest = 16; resolve(found); }, 200))))"""


@dataclass(frozen=True)
class Interaction:
    """What a person does on a screen. `path` is the address of the screen, with names in the place of ids."""

    name: str
    path: str
    do: Callable[[Page], Awaitable[None]]


async def _sort(page: Page) -> None:
    await page.get_by_role("columnheader").get_by_role("button").first.click()


async def _search(page: Page) -> None:
    await page.get_by_role("searchbox").first.press_sequentially("ada")


async def _select_all(page: Page) -> None:
    await page.get_by_role("checkbox").first.click()


async def _open_dialog(page: Page) -> None:
    await page.get_by_role("checkbox").first.click()
    await page.get_by_role("button", name="Assign").first.click()
    await page.get_by_role("dialog").wait_for()


async def _palette(page: Page) -> None:
    await page.keyboard.press("Control+k")
    await page.get_by_role("dialog").get_by_role("combobox").press_sequentially("ada")


async def _navigate(page: Page) -> None:
    await page.get_by_role("navigation", name="Navigation").get_by_role("link", name="Reporting").click()
    await page.get_by_role("heading", name="Reporting", level=1).wait_for()


async def _take_back(page: Page) -> None:
    await page.get_by_role("button", name="Unassign").first.click()


PEOPLE = "/teams/{team}/people"
INTERACTIONS = (
    Interaction("sort 500 people", PEOPLE, _sort),
    Interaction("type into the search", PEOPLE, _search),
    Interaction("select all rows", PEOPLE, _select_all),
    Interaction("open a dialog for those selected", PEOPLE, _open_dialog),
    Interaction("open Ctrl+K and type", PEOPLE, _palette),
    Interaction("go to another screen", PEOPLE, _navigate),
    Interaction("take a seat back", "/teams/{team}/people/members/{member}", _take_back),
)


async def measured(browser: Browser, address: str, company: Company, repetitions: int) -> dict[str, list[float]]:
    """Return the longest answers to each interaction in milliseconds, one for each repetition, as a coordinator."""
    return {
        one.name: [await _slowest(browser, address, company, one) for _ in range(repetitions)] for one in INTERACTIONS
    }


async def _slowest(browser: Browser, address: str, company: Company, interaction: Interaction) -> float:
    async with tab(browser, address, company, Role.SOFTWARE_COORDINATOR) as visit:
        await _slow_down(visit)
        await visit.open(interaction.path.format(**company.parts))
        await visit.page.evaluate(OBSERVE)
        await interaction.do(visit.page)
        found: float = await visit.page.evaluate(SLOWEST)
        return found


async def _slow_down(visit: Visit) -> None:
    session = await visit.page.context.new_cdp_session(visit.page)
    await session.send("Emulation.setCPUThrottlingRate", {"rate": SLOWED})
