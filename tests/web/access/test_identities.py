"""Profile: sign-ins at a provider are added there, and removed here."""

from collections.abc import AsyncIterator, Iterator
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from playwright.async_api import Browser, expect

from tests.conftest import new_database
from tests.support import site
from tests.support.issuer import CLIENT_ID, CLIENT_SECRET, Answer, Issuer, serving
from tests.support.process import Run, running
from tests.support.site import Visit
from tests.support.world import world_of

PROVIDER = {"USHER_OIDC_CLIENT_ID": CLIENT_ID, "USHER_OIDC_CLIENT_SECRET": CLIENT_SECRET, "USHER_OIDC_NAME": "Guild"}


class Agreeing(Issuer):
    """A provider at which everybody agrees at once."""

    def answer(self, path: str) -> Answer:
        """The answer to a request."""
        if not path.startswith("/authorize?"):
            return super().answer(path)
        asked = {name: value for name, [value] in parse_qs(urlsplit(path).query).items()}
        self.nonce = asked["nonce"]
        back = urlencode({"code": "code", "state": asked["state"], "iss": self.address})
        return 303, {"location": f"{asked['redirect_uri']}?{back}"}, b""


@pytest.fixture
async def issuer() -> AsyncIterator[Issuer]:
    """The provider."""
    async with serving(Agreeing()) as provider:
        yield provider


@pytest.fixture
async def server_database(postgres: str) -> str:
    """The address of a database without tables."""
    return await new_database(postgres)


@pytest.fixture
def server(server_database: str, issuer: Issuer, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    """A server with the provider."""
    folder = tmp_path_factory.mktemp("identities")
    with running(folder, DATABASE_URL=server_database, USHER_OIDC_ISSUER=issuer.address, **PROVIDER) as run:
        yield run


async def test_a_person_adds_and_removes_a_sign_in_at_the_provider(
    browser: Browser, server: Run, server_database: str, issuer: Issuer
) -> None:
    context = await browser.new_context(locale="en-GB", reduced_motion="reduce")
    async with world_of(server_database) as world:
        account = await world.person()
    await site.sign_in(context, server.address, account)
    tab = await Visit.of(context, server.address)
    await tab.open("/profile/security")
    await expect(tab.page.get_by_text("You have added none.")).to_be_visible()
    await tab.axe()
    await tab.page.get_by_role("button", name="Add a sign-in with Guild").click()
    row = tab.page.locator("tbody tr")
    await expect(row).to_contain_text(issuer.address)
    assert tab.path == "/profile/security"
    await tab.axe()
    await row.get_by_role("button", name="Remove").click()
    dialog = tab.page.get_by_role("alertdialog", name="Remove the sign-in at")
    await tab.axe()
    await dialog.get_by_role("button", name="Remove").click()
    await expect(tab.page.get_by_text("You have added none.")).to_be_visible()
    assert tab.complaints == []
    await context.close()
