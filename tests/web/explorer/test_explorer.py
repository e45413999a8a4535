"""GraphiQL within the shell, of a server that takes every document."""

import re
from collections.abc import Iterator

import pytest
from playwright.async_api import Browser, FrameLocator, expect

from tests.conftest import new_database
from tests.support.process import Run, running
from tests.support.site import Visit


@pytest.fixture(scope="module")
async def server_database(postgres: str) -> str:
    """The address of a database without tables."""
    return await new_database(postgres)


@pytest.fixture(scope="module")
def server(server_database: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A server with the demo company."""
    with running(tmp_path_factory.mktemp("explorer"), DATABASE_URL=server_database) as run:
        yield run


async def opened(browser: Browser, server: Run) -> tuple[Visit, FrameLocator]:
    """Sign in as the coordinator of the demo company, and open the explorer."""
    tab = await Visit.of(await browser.new_context(), server.address)
    await tab.page.goto(f"{server.address}/explorer")
    await tab.page.get_by_role("button", name="Software coordinator").click()
    frame = tab.page.frame_locator("iframe[title=GraphiQL]")
    await expect(frame.locator(".graphiql-query-editor .view-line").first).to_be_visible()
    return tab, frame


async def test_graphiql_has_examples_and_runs_them_as_the_person(browser: Browser, server: Run) -> None:
    tab, frame = await opened(browser, server)
    names = await frame.get_by_role("tab").all_inner_texts()
    assert [name.strip() for name in names] == ["Me", "People", "Pools"]
    await frame.get_by_role("button", name="Execute query").click()
    await expect(frame.locator(".graphiql-response")).to_contain_text("Carl Coordinator")
    await tab.no_complaints()
    await tab.page.context.close()


async def test_graphiql_follows_the_theme_of_the_console(browser: Browser, server: Run) -> None:
    tab, frame = await opened(browser, server)
    for theme in ("Dark", "Light"):
        await tab.page.get_by_role("button", name="settings and sign-out").click()
        await tab.page.get_by_role("menuitemradio", name=theme).click()
        await tab.page.keyboard.press("Escape")
        await expect(frame.locator("body")).to_have_class(re.compile(f"graphiql-{theme.lower()}$"))
    await tab.no_complaints()
    await tab.page.context.close()
