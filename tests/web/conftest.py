"""Fixtures for the tests of the console: a real server that takes only trusted documents, and a browser."""

from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass

import pytest
from playwright.async_api import Browser

from domain.roles import Role
from tests.conftest import new_database
from tests.support import site
from tests.support.orders import order
from tests.support.process import running
from tests.support.second_factors import OPERATORS_SECRET
from tests.support.site import Visit
from tests.support.subscriptions import Made
from tests.support.world import Account, World, world_of

# `make test` runs on machines without a browser; it says then that these were left out.
collect_ignore_glob = [] if site.PROGRAM else ["test_*.py", "*/test_*.py"]


@dataclass(frozen=True)
class Site:
    """A running Usher with the demo company, and the address of its database."""

    address: str
    database: str


@pytest.fixture(scope="session")
async def usher(postgres: str, tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[Site]:
    """A server that takes only the documents of the console."""
    url = await new_database(postgres)
    folder = tmp_path_factory.mktemp("usher")
    with running(folder, DATABASE_URL=url, USHER_ONLY_TRUSTED_DOCUMENTS="true", USHER_SECRET=OPERATORS_SECRET) as run:
        yield Site(run.address, url)


@pytest.fixture(scope="session")
async def site_world(usher: Site) -> AsyncIterator[World]:
    """Makes rows in the database of the server."""
    async with world_of(usher.database) as world:
        yield world


@pytest.fixture(scope="session")
async def browser() -> AsyncIterator[Browser]:
    """The browser. Each tab of `visit` has cookies of its own."""
    async with site.chromium() as opened:
        yield opened


Open = Callable[..., Awaitable[Visit]]


@pytest.fixture
async def visit(browser: Browser, usher: Site) -> AsyncIterator[Open]:
    """Opens a tab for an account, or for nobody. At the end, each tab must have had nothing to complain about."""
    visits: list[Visit] = []

    async def open_tab(account: Account | None = None, *, width: int = 1280, theme: site.Theme = "light") -> Visit:
        context = await browser.new_context(
            viewport={"width": width, "height": 800}, color_scheme=theme, locale="en-GB", reduced_motion="reduce"
        )
        if account is not None:
            await site.sign_in(context, usher.address, account)
        opened = await Visit.of(context, usher.address)
        visits.append(opened)
        return opened

    yield open_tab
    for one in visits:
        await one.no_complaints()
        await one.page.context.close()


@dataclass(frozen=True)
class Company:
    """A team with a person of each role, and with a product."""

    team: str
    product: str
    people: dict[Role, Account]


async def parts_of(company: Company, world: World) -> dict[str, str]:
    """A value for each part that varies in the addresses of the screens: what the company has, and a new group."""
    subscription = await world.subscription_id(company.team, company.product)
    return {
        "team": company.team,
        "company": company.team,
        "member": await world.member_id(company.team, company.people[Role.USER].id),
        "product": company.product,
        "pool": f"pool_{company.team}.{company.product}",
        "group": await world.group(company.team),
        "subscription": subscription,
        "order": (await order(world, Made(subscription, company.team, company.product, []))).id,
    }


@pytest.fixture
async def company(site_world: World) -> Company:
    """A new company of which no other test knows."""
    team = await site_world.team()
    product = await site_world.product()
    people = {role: await site_world.member(team, role) for role in Role}
    await site_world.pool(team, 5, product)
    await site_world.give_seat(team, product, people[Role.USER].id)
    return Company(team, product, people)
