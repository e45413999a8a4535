"""GraphiQL in a real browser, as a person uses it: it needs no other server and breaks no rule of its policy."""

import json
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from playwright.async_api import Browser, ConsoleMessage, Page, Request, expect

from gateway.runtime.settings import ROOT
from tests.support import doc_pages
from tests.support.process import Run, running
from tests.support.site import chromium

SIGN_IN = """mutation ByCookie {
  signIn(input: { email: "carl.coordinator@lumen.example", password: "carl-demo-password", delivery: COOKIE }) {
    token
    user { name }
    errors { message }
  }
}"""
VIOLATIONS = """
window.violations = [];
const note = (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`);
addEventListener("securitypolicyviolation", note);
"""
WAIT = 30_000


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A server with a demo company."""
    with running(tmp_path_factory.mktemp("graphiql")) as run:
        yield run


@pytest.fixture
async def browser() -> AsyncIterator[Browser]:
    """A browser without cookies."""
    async with chromium() as opened:
        yield opened


@dataclass
class Visit:
    """GraphiQL in a tab of the browser, with what it asked for and complained about."""

    page: Page
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    @classmethod
    async def of(cls, browser: Browser, server: Run, parameters: str = "") -> "Visit":
        """Open GraphiQL, with these parameters in the address, and wait until its editor can be used."""
        page = await browser.new_page()
        page.set_default_timeout(WAIT)
        visit = cls(page)
        await page.add_init_script(VIOLATIONS)
        page.on("request", lambda request: visit.requests.append(request))  # noqa: PLW0108 - it sets an attribute
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("console", visit.note)
        await page.goto(f"{server.address}/graphql{parameters}")
        await page.locator(".graphiql-query-editor .view-line").first.wait_for()
        return visit

    def note(self, message: ConsoleMessage) -> None:
        """Keep a message of the console that is a warning or an error."""
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    async def run(self, query: str, name: str) -> None:
        """Replace the query in the editor, and run it with the keyboard. The tab then has this name."""
        await self.page.locator(".graphiql-query-editor .view-lines").first.click()
        await self.page.keyboard.press("ControlOrMeta+A")
        await self.page.keyboard.press("Delete")
        # One line, because the editor indents and closes brackets as a person types.
        await self.page.keyboard.insert_text(" ".join(query.split()))
        # GraphiQL reads a query a moment after it was typed. Before, it would run the operation of the old one.
        await expect(self.page.locator(".graphiql-tab-active .graphiql-tab-button")).to_have_text(name, timeout=WAIT)
        await self.page.keyboard.press("ControlOrMeta+Enter")

    async def shows(self, text: str) -> None:
        """Wait until the answer contains this text."""
        await expect(self.page.locator(".result-window")).to_contain_text(text, timeout=WAIT)

    async def violations(self) -> list[str]:
        """What the page's policy stopped."""
        found: list[str] = await self.page.evaluate("violations")
        return found


def first_query() -> str:
    """The first query of README.md: the block after the sign-in."""
    return [block.text for block in doc_pages.blocks(ROOT / "README.md") if block.language == "graphql"][1]


async def test_a_person_signs_in_by_cookie_and_queries(browser: Browser, server: Run) -> None:
    visit = await Visit.of(browser, server)
    # A cookie of the same name that another host of the domain could have set. It comes first, and stays.
    tossed: Any = {"name": "usher_session", "value": "tossed", "domain": "127.0.0.1", "path": "/graphql"}
    tossed |= {"httpOnly": True, "sameSite": "Strict"}
    await visit.page.context.add_cookies([tossed])
    await visit.run(SIGN_IN, "ByCookie")
    await visit.shows("Carl Coordinator")
    cookies = await visit.page.context.cookies()
    assert sorted(cookie["name"] for cookie in cookies) == ["usher_device", "usher_session", "usher_session"]
    assert all((cookie["httpOnly"], cookie["sameSite"]) == (True, "Strict") for cookie in cookies)
    await visit.run(first_query(), "<untitled>")
    await visit.shows("Ursula User")
    await visit.page.get_by_label("Show Documentation Explorer").click()
    await visit.page.get_by_role("link", name="Mutation", exact=True).click()
    await visit.page.get_by_role("link", name="assignSeats", exact=True).wait_for()
    assert await visit.violations() == []
    assert visit.complaints == []
    assert {request.url for request in visit.requests if not request.url.startswith((server.address, "data:"))} == set()
    # Else the browser loads the font of the editor's icons when it has a moment.
    await visit.page.evaluate("document.fonts.load('16px codicon')")
    assert {Path(request.url).name.split("-")[0] for request in visit.requests if "/graphiql/" in request.url} == {
        "main",
        "codicon",
        "editor.worker",
        "graphql.worker",
        "json.worker",
    }


async def test_the_query_of_the_address_is_shown_and_runs_only_when_the_person_runs_it(
    browser: Browser, server: Run
) -> None:
    query = "query Linked($first: Int!) { products(first: $first) { totalCount } }"
    parameters = urlencode({"query": query, "variables": '{"first": 3}', "utm_source": "x"})
    visit = await Visit.of(browser, server, f"?{parameters}")
    await expect(visit.page.get_by_role("tab")).to_have_text("Linked", timeout=WAIT)
    await expect(visit.page.locator(".graphiql-query-editor")).to_contain_text("totalCount", timeout=WAIT)
    await visit.page.get_by_label("Show Documentation Explorer").click()
    await visit.page.get_by_role("link", name="Mutation", exact=True).wait_for()
    assert not any("Linked" in (request.post_data or "") for request in visit.requests)
    await visit.page.locator(".graphiql-query-editor .view-lines").first.click()
    await visit.page.keyboard.press("ControlOrMeta+Enter")
    await visit.shows("Sign in first")
    [sent] = [request.post_data for request in visit.requests if "Linked" in (request.post_data or "")]
    assert json.loads(sent or "")["variables"] == {"first": 3}


async def test_the_tabs_sign_in_and_query_and_nothing_of_them_is_kept(browser: Browser, server: Run) -> None:
    visit = await Visit.of(browser, server)
    tabs = visit.page.locator(".graphiql-tab-button")
    expected = ["SignInAsUser", "SignInAsSoftwareCoordinator", "SignInAsContractManager", "Me", "People", "Pools"]
    await expect(tabs).to_have_text(expected, timeout=WAIT)
    assert (await visit.page.title(), await visit.page.locator(".graphiql-logo").inner_text()) == (
        "Usher: GraphiQL",
        "Usher",
    )
    for name, answer in (("SignInAsSoftwareCoordinator", "Carl Coordinator"), ("Pools", "available")):
        await tabs.get_by_text(name, exact=True).click()
        await expect(visit.page.locator(".graphiql-query-editor")).to_contain_text(name)
        # GraphiQL reads the query of a tab a moment after it is opened. Before, it would run the one of the old tab.
        shown = visit.page.locator(".result-window").get_by_text(answer)
        while not await shown.count():
            await visit.page.locator(".graphiql-execute-button").click()
            await visit.page.wait_for_timeout(500)
    await visit.run(SIGN_IN.replace("carl-demo-password", "another-password"), "ByCookie")
    await visit.shows("is wrong")
    kept = await visit.page.evaluate("JSON.stringify([{...localStorage}, {...sessionStorage}, history.length])")
    assert visit.page.url == f"{server.address}/graphql"
    assert "password" not in kept and "Carl" not in kept and "query" not in kept, kept
    assert await visit.violations() == []


async def test_the_page_runs_no_script_of_another_place(browser: Browser, server: Run) -> None:
    visit = await Visit.of(browser, server)
    await visit.page.evaluate(
        """() => {
          const inline = document.createElement("script");
          inline.textContent = "window.ran = true";
          document.body.append(inline);
          const foreign = document.createElement("script");
          foreign.src = "https://cdn.example/graphiql.js";
          document.body.append(foreign);
          document.body.insertAdjacentHTML("beforeend", "<img src=data:, onerror='window.ran = true'>");
          fetch("https://cdn.example/").catch(() => {});
        }"""
    )
    await visit.page.wait_for_function("violations.length >= 4")
    assert {violation.split()[0] for violation in await visit.violations()} == {
        "script-src-elem",
        "script-src-attr",
        "connect-src",
    }
    assert not await visit.page.evaluate("'ran' in window")


async def test_no_page_may_frame_it(browser: Browser, server: Run) -> None:
    page = await browser.new_page()
    await page.set_content(f"<iframe src='{server.address}/graphql'></iframe>")
    await page.wait_for_timeout(1_000)
    [frame] = page.main_frame.child_frames
    assert await frame.locator("#graphiql").count() == 0
