"""How screens load: their requests, and when the largest part of them is painted."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from playwright.async_api import Browser

from bench.web.company import Company
from domain.roles import Role
from tests.support import site
from tests.support.site import Screen, Visit

REPETITIONS = 5
SETTLE_SECONDS = 0.3
"""How long a screen is left alone before it is asked for its paints. The browser reports them a moment later."""

LARGEST_PAINT = """() => new Promise((resolve) => {
  const observer = new PerformanceObserver((list) => {
    observer.disconnect();
    resolve(list.getEntries().at(-1).startTime);
  });
  observer.observe({ type: "largest-contentful-paint", buffered: true });
})"""


@dataclass
class Load:
    """The loads of one screen as people of one role see it, each by a browser that has stored nothing.

    `paints` are in milliseconds, `requests` are those of GraphQL.
    """

    screen: str
    role: Role
    paints: list[float] = field(default_factory=list)
    requests: list[int] = field(default_factory=list)
    foreign_hosts: set[str] = field(default_factory=set)


async def measured(browser: Browser, address: str, company: Company, repetitions: int = REPETITIONS) -> list[Load]:
    """Load each screen that people who are signed in can open, as each role."""
    loads = [Load(screen.name, role) for role in Role for screen in signed_in()]
    addresses = {screen.name: screen.address(**company.parts) for screen in signed_in()}
    for load in loads:
        for _ in range(repetitions):
            await _repeat(browser, address, company, load, addresses[load.screen])
    return loads


def signed_in() -> Sequence[Screen]:
    """The screens of people who are signed in. Home is none: it leads to another."""
    return [one for one in site.screens() if one.access == "person" and one.name != "home"]


@asynccontextmanager
async def tab(browser: Browser, address: str, company: Company, role: Role) -> AsyncIterator[Visit]:
    """A tab of a person of this role, in a browser that has stored nothing but the session."""
    context = await browser.new_context(viewport={"width": 1280, "height": 800}, locale="en-GB")
    await site.sign_in(context, address, company.people[role])
    yield await Visit.of(context, address)
    await context.close()


async def _repeat(browser: Browser, address: str, company: Company, load: Load, path: str) -> None:
    async with tab(browser, address, company, load.role) as visit:
        await visit.open(path)
        await asyncio.sleep(SETTLE_SECONDS)
        load.paints.append(await visit.page.evaluate(LARGEST_PAINT))
        hosts = {urlsplit(one.url).netloc for one in visit.requests if one.url.startswith("http")}
        load.foreign_hosts |= hosts - {urlsplit(address).netloc}
        load.requests.append(visit.operations())
