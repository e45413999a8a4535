"""The console in a real browser, as people use it: a tab with what it asked for, and what it complained about."""

import asyncio
import shutil
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from functools import cache
from typing import Any, Literal, cast
from urllib.parse import urlsplit

import orjson
from playwright.async_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Locator,
    Page,
    Request,
    Route,
    async_playwright,
    expect,
)

from gateway.http import console
from gateway.runtime.settings import ROOT
from tests.support.world import Account

WHOLE = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
"""The browser as people have it, with its own controls; None if the machine has none."""
PROGRAM = shutil.which("chromium-headless-shell") or WHOLE
"""The browser of the tests in `tests/web`, if there is one without its own controls: it takes a fifth less time."""
LEFT_OUT = (
    "The tests in tests/web were left out, because there is no Chromium: "
    "install it (Debian: apt-get install chromium), and run `make test-web`."
)
WAIT = 15_000
expect.set_options(timeout=WAIT)  # GraphiQL takes seconds on a busy machine
AXE_TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22a", "wcag22aa", "best-practice"]
VIOLATIONS = """
window.violations = [];
const note = (event) => violations.push(`${event.violatedDirective} ${event.blockedURI}`);
addEventListener("securitypolicyviolation", note);
// React reports what it recovered from with its cause.
addEventListener("error", ({ error }) => error?.cause && console.error(error.cause.stack));
"""
COLOURS = {"type": "rule", "values": ["color-contrast"]}
# A new theme changes colours step by step: what a part inherits begins its own transition when that of the whole ends.
PAINTED = """
async () => {
  for (let frames = 0, still = 0; still < 4 && frames < 200; frames++) {
    await new Promise(requestAnimationFrame);
    still = document.getAnimations().length ? 0 : still + 1;
  }
}
"""
GO = "(href) => { history.pushState(null, '', href); dispatchEvent(new PopStateEvent('popstate')); }"
OVERLAYS = "[role=dialog], [role=alertdialog], [role=menu]"
Theme = Literal["light", "dark"]
# For `WebAuthn.addVirtualAuthenticator`: it verifies the person and confirms at once.
AUTHENTICATOR = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@dataclass(frozen=True)
class Screen:
    """A screen, as the router of the console has it."""

    name: str
    path: str
    access: str

    def address(self, **parts: str) -> str:
        """Its address, with these values in the place of the parts that vary."""
        return console.PARAMETER.sub(lambda match: parts[match[1]], self.path)

    @property
    def parts(self) -> list[str]:
        """The names of the parts of its address that vary."""
        return console.PARAMETER.findall(self.path)


@cache
def screens() -> tuple[Screen, ...]:
    """All screens of the console that was built."""
    return tuple(Screen(**one) for one in orjson.loads((console.BUNDLE / "routes.json").read_bytes()))


@asynccontextmanager
async def chromium(program: str | None = PROGRAM, without: Sequence[str] = ()) -> AsyncIterator[Browser]:
    """Start a browser without a window, and without these arguments of Playwright's own."""
    async with async_playwright() as playwright:
        # Root may not use Chromium's sandbox. The tests open only pages of Usher.
        browser = await playwright.chromium.launch(
            executable_path=program, args=["--no-sandbox"], ignore_default_args=list(without)
        )
        yield browser
        await browser.close()


@dataclass
class Visit:
    """A tab of a browser that belongs to one person."""

    page: Page
    address: str
    requests: list[Request] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)
    hosts: set[str] = field(default_factory=set)
    """All that it ever asked for something, also if `requests` was cleared since."""

    @classmethod
    async def of(cls, context: BrowserContext, address: str) -> "Visit":
        """Open an empty tab. Everything that it complains about from now on is kept."""
        page = await context.new_page()
        page.set_default_timeout(WAIT)
        await page.add_init_script(VIOLATIONS)
        visit = cls(page, address)
        page.on("request", visit.asked)
        page.on("pageerror", lambda error: visit.complaints.append(str(error)))
        page.on("console", visit.note)
        return visit

    def asked(self, request: Request) -> None:
        """Keep a request."""
        self.requests.append(request)
        self.hosts.add(urlsplit(request.url).netloc)

    def note(self, message: ConsoleMessage) -> None:
        """Keep a message of the console of the browser that is a warning or an error."""
        if message.type in {"error", "warning"}:
            self.complaints.append(message.text)

    async def open(self, path: str) -> None:
        """Open an address of the console, and wait until the screen is there."""
        await self.page.goto(f"{self.address}{path}")
        await self.settled()

    async def go(self, path: str) -> None:
        """Go to an address as a link of the console does: without loading the page."""
        await self.page.evaluate(GO, path)
        await self.settled()

    async def settled(self) -> None:
        """Wait until a screen is shown and nothing is being loaded."""
        await self.page.locator("main h1").first.wait_for()
        await self.page.locator(".loading-line").wait_for(state="detached")
        await self.page.wait_for_load_state("networkidle")

    async def press(self, button: Locator) -> None:
        """Press a button or link by keyboard once it may be used. While a dry run runs, a press does nothing."""
        await expect(button).to_be_enabled()
        await button.focus()
        await self.page.keyboard.press("Enter")

    async def escape(self) -> None:
        """Press Escape once the uppermost dialog or menu has the focus. Before, the key goes to what is below it."""
        uppermost = self.page.locator(OVERLAYS).last
        await expect(uppermost.and_(self.page.locator(":focus, :has(:focus)"))).to_be_visible()
        await self.page.keyboard.press("Escape")

    @property
    def path(self) -> str:
        """The address that is shown, without the host."""
        parts = urlsplit(self.page.url)
        return parts.path + (f"?{parts.query}" if parts.query else "")

    def operations(self) -> int:
        """How many GraphQL requests the tab sent since the last call."""
        sent = [one for one in self.requests if urlsplit(one.url).path == "/graphql" and one.method == "POST"]
        self.requests.clear()
        return len(sent)

    @asynccontextmanager
    async def answers_held(self) -> AsyncIterator[None]:
        """The tab gets its answers when this ends, and not before."""
        seen = asyncio.Event()

        async def hold(route: Route) -> None:
            await seen.wait()
            await route.continue_()

        await self.page.route("**/graphql", hold)
        yield
        seen.set()

    @asynccontextmanager
    async def answers_lost(self, of: str = "") -> AsyncIterator[None]:
        """Usher does what it is asked, but the tab gets no answer, and no cookie. With `of`, only if that has it."""

        async def lose(route: Route) -> None:
            if of not in (route.request.post_data or ""):
                await route.fallback()
                return
            context = self.page.context
            before = await context.cookies()
            await route.fetch()
            await context.clear_cookies()  # `fetch` shares them with the tab
            await context.add_cookies(cast("Any", before))
            await route.abort()

        await self.page.route("**/graphql", lose)
        yield
        await self.page.unroute("**/graphql", lose)
        self.complaints.clear()  # the browser reports each

    async def no_complaints(self) -> None:
        """Fail if the browser reported an error, a warning, or something that the Content-Security-Policy refused."""
        assert self.complaints == [], "\n".join(self.complaints)
        assert await self.page.evaluate("window.violations") == []
        assert self.hosts <= {urlsplit(self.address).netloc}

    async def axe_everywhere(self) -> None:
        """As `axe`, in both themes, and as wide as the tab and as a phone. What is dark differs in its colours only."""
        size = self.page.viewport_size or {"width": 1280, "height": 800}
        for width in (320, size["width"]):
            await self.page.set_viewport_size({"width": width, "height": size["height"]})
            for theme, only in (("dark", COLOURS), ("light", AXE_TAGS)):
                await self.page.emulate_media(color_scheme=cast("Theme", theme))
                await self.page.evaluate(PAINTED)
                await self.axe(only)

    async def axe(self, only: object = AXE_TAGS) -> None:
        """Fail if axe finds a violation in the page as it is now."""
        if not await self.page.evaluate("'axe' in window"):
            await self.page.evaluate(_axe())
        found: dict[str, Any] = await self.page.evaluate(
            "(only) => axe.run(document, { runOnly: only, resultTypes: ['violations'] })", only
        )
        shown = [
            f"{violation['id']}: {violation['help']}: {[node['html'][:200] for node in violation['nodes'][:3]]}"
            for violation in found["violations"]
        ]
        assert shown == [], f"{self.path}: {shown}"


@cache
def _axe() -> str:
    return (ROOT / "web" / "node_modules" / "axe-core" / "axe.min.js").read_text(encoding="utf-8")


async def sign_in(context: BrowserContext, address: str, account: Account) -> None:
    """Give a browser the session of an account, as the cookie that a sign-in sets."""
    host = urlsplit(address).hostname or ""
    await context.add_cookies(
        [{"name": "usher_session", "value": account.secret, "domain": host, "path": "/", "httpOnly": True}]
    )
