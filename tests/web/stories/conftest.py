"""What the stories of the three roles begin with: a company with people who ask and wait, and a hand."""

from collections.abc import Callable
from dataclasses import dataclass

import pytest

from domain.roles import Role
from tests.support.hands import Hand, Keyboard, Mouse
from tests.support.world import Account, World
from tests.web.conftest import Company, Open

PASSWORD = "a password of eleven words"


@dataclass(frozen=True)
class Cast:
    """The company, with what it has beside its three people."""

    team: str
    people: dict[Role, Account]
    kiln: str
    """A product with four free seats, of which Uma has requested one."""
    loom: str
    """A product whose only seat the user holds, and for which Vic waits."""
    loom_id: str


@pytest.fixture
async def cast(company: Company, site_world: World) -> Cast:
    """A company in the middle of its work."""
    team, suffix = company.team, company.team[-4:]
    kiln, loom = f"Kiln {suffix}", f"Loom {suffix}"
    kiln_id = await site_world.pool(team, 4, await site_world.product(kiln))
    loom_id = await site_world.pool(team, 1, await site_world.product(loom))
    await site_world.give_seat(team, loom_id, company.people[Role.USER].id)
    await site_world.group(team, "Design")
    await site_world.member(team, account=await site_world.person("Zoë", "Zweig"))
    uma = await site_world.member(team, account=await site_world.person("Uma", "Asks"))
    await site_world.request(team, kiln_id, uma.id)
    vic = await site_world.member(team, account=await site_world.person("Vic", "Waits"))
    await site_world.wait(team, loom_id, vic.id)
    for one in company.people.values():
        await site_world.set_password(one.id, PASSWORD)
    return Cast(team, company.people, kiln, loom, loom_id)


@pytest.fixture(params=[Mouse, Keyboard], ids=["mouse", "keyboard"])
async def hand(request: pytest.FixtureRequest, visit: Open) -> Hand:
    """A person in front of an empty tab, who has a mouse, or a keyboard only."""
    kind: Callable[..., Hand] = request.param
    one = kind(await visit())
    await one.tab.page.goto(f"{one.tab.address}/")
    return one


async def sign_in(hand: Hand, who: Account) -> None:
    """Sign in with the password."""
    dialog = hand.tab.page.get_by_role("dialog", name="Sign in")
    await hand.write("E-mail address", who.email, dialog)
    await hand.write("Password", PASSWORD, dialog)
    await hand.press("button", "Sign in", dialog)
