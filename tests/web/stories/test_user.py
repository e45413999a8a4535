"""The story of a user, who reads German: products, a request for a seat, the own usage, the profile."""

from playwright.async_api import Locator, expect

from domain.roles import Role
from tests.support.hands import Hand
from tests.support.world import World
from tests.web.stories.conftest import Cast, sign_in


def tile(hand: Hand, name: str) -> Locator:
    """The tile of a product."""
    page = hand.tab.page
    return page.locator(".product-tile").filter(has=page.get_by_role("heading", name=name, exact=True))


async def test_a_user_looks_after_themselves(cast: Cast, hand: Hand, site_world: World) -> None:
    page, who = hand.tab.page, cast.people[Role.USER]
    await site_world.session(who.id)
    await sign_in(hand, who)
    await hand.menu("Ada Byron: settings and sign-out", "Deutsch")
    await expect(page.get_by_role("heading", name="Produkte und Dienste")).to_be_visible()
    await why_a_seat_is_held_and_how_to_get_another(hand, cast)
    await the_own_usage(hand, cast)
    await the_profile(hand)
    await hand.menu("Ada King: Einstellungen und Abmelden", "Abmelden")
    await expect(page.get_by_role("dialog", name="Anmelden")).to_be_visible()
    assert await site_world.sessions(who.id) == []


async def why_a_seat_is_held_and_how_to_get_another(hand: Hand, cast: Cast) -> None:
    """In Products and Services. The request is withdrawn again."""
    page, kiln = hand.tab.page, tile(hand, cast.kiln)
    await expect(tile(hand, cast.loom)).to_contain_text("Ihnen zugewiesen")
    dialog = page.get_by_role("dialog", name=f"Platz anfragen: {cast.kiln}")
    await hand.press("button", "Platz anfragen", kiln)
    await hand.write("Wofür Sie ihn brauchen", "Für nichts.", dialog)
    await hand.leave_dialog()
    await expect(dialog).to_have_count(0)
    await hand.press("button", "Platz anfragen", kiln)
    await hand.write("Wofür Sie ihn brauchen", "Für die Öfen.", dialog)
    await hand.press("button", "Platz anfragen", dialog)
    await expect(kiln).to_contain_text("Noch hat niemand geantwortet")
    await expect(kiln).to_contain_text("Für die Öfen.")
    await hand.press("button", "Anfrage zurückziehen", kiln)
    await expect(kiln).to_contain_text("Kein Platz")


async def the_own_usage(hand: Hand, cast: Cast) -> None:
    """In Reporting, of the seats that they hold."""
    await hand.press("link", "Berichte")
    await expect(hand.tab.page.get_by_role("heading", name="Berichte")).to_be_focused()
    await expect(hand.tab.page.locator("tbody tr").filter(has_text=cast.loom)).to_have_count(1)


async def the_profile(hand: Hand) -> None:
    """Their names, and the sessions on other devices."""
    page = hand.tab.page
    await hand.jump("profil", "Profil")
    await expect(page.get_by_role("heading", name="Profil")).to_be_focused()
    await hand.write("Nachname", "King")
    await hand.press("button", "Speichern")
    await expect(page.get_by_role("button", name="Ada King: Einstellungen und Abmelden")).to_be_visible()
    await hand.press("link", "Sitzungen")
    await expect(page.locator("tbody tr")).not_to_have_count(1)
    await hand.press("button", "Alle anderen Sitzungen beenden")
    await expect(page.locator("tbody tr")).to_have_count(1)
    await expect(page.locator("tbody tr")).to_contain_text("Diese Sitzung")
