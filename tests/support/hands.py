"""The two ways in which a person uses the console: with a mouse, and with the keyboard alone. A story serves both."""

import re
from dataclasses import dataclass
from typing import Protocol

from playwright.async_api import Locator, Page

from tests.support.site import Visit

MOST_TABS = 120
MOST_STEPS = 30
# 0 if the control has the focus and shows it; else in which direction it is: 1 is further down the page, -1 further up.
DIRECTION = """(control) => {
  const focused = document.activeElement;
  if (control === focused && control.matches(":focus-visible")) return 0;
  return focused.compareDocumentPosition(control) & Node.DOCUMENT_POSITION_PRECEDING ? -1 : 1;
}"""


class Hand(Protocol):
    """Uses controls, which it finds by their role and the beginning of their name, as a person does."""

    tab: Visit

    async def press(self, role: str, name: str, within: Locator | None = None) -> None:
        """Use a button or a link."""

    async def tick(self, name: str, within: Locator | None = None) -> None:
        """Change a check box."""

    async def write(self, label: str, text: str, within: Locator | None = None) -> None:
        """Write a text into a field, in the place of what is there."""

    async def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Choose an option of a list."""

    async def menu(self, button: str, item: str) -> None:
        """Open a menu, and choose something in it."""

    async def jump(self, text: str, option: str) -> None:
        """Search over everything, and go to what was found."""

    async def leave_dialog(self) -> None:
        """Close the dialog without doing anything."""


def begins(name: str) -> re.Pattern[str]:
    """What begins with this name: many names end with what the control is about."""
    return re.compile(f"^{re.escape(name)}")


def control(tab: Visit, role: str, name: str, within: Locator | None) -> Locator:
    """A control of the page."""
    return (within or tab.page.locator("body")).get_by_role(role, name=begins(name))  # type: ignore[arg-type]


def field(tab: Visit, label: str, within: Locator | None) -> Locator:
    """A field of the page, by its label."""
    found = (within or tab.page.locator("body")).get_by_label(begins(label))
    return found.and_(tab.page.locator("input, textarea, select"))


def items(page: Page) -> Locator:
    """What the open menu offers."""
    return page.get_by_role("menuitem").or_(page.get_by_role("menuitemradio"))


def searching(page: Page) -> Locator:
    """The field to search over everything, as soon as it has the focus."""
    return page.locator(".palette input:focus")


@dataclass
class Mouse:
    """Points at each control."""

    tab: Visit

    async def press(self, role: str, name: str, within: Locator | None = None) -> None:
        """Click."""
        await control(self.tab, role, name, within).click()

    async def tick(self, name: str, within: Locator | None = None) -> None:
        """Click."""
        await self.press("checkbox", name, within)

    async def write(self, label: str, text: str, within: Locator | None = None) -> None:
        """Click three times, which selects what is there, and type."""
        await field(self.tab, label, within).click(click_count=3)
        await self.tab.page.keyboard.type(text)

    async def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Choose in the list that the browser opens, which is not a part of the page."""
        await field(self.tab, label, within).select_option(option)

    async def menu(self, button: str, item: str) -> None:
        """Click twice. What is a choice leaves the menu open: a click beside it closes it."""
        await self.press("button", button)
        await items(self.tab.page).filter(has_text=item).click()
        if await self.tab.page.get_by_role("menu").is_visible():
            await self.tab.page.mouse.click(900, 700)

    async def jump(self, text: str, option: str) -> None:
        """Click on the field for it, type, and click on what was found."""
        await self.tab.page.locator(".side-body button[aria-keyshortcuts]").click()
        await searching(self.tab.page).wait_for()
        await self.tab.page.keyboard.type(text)
        await self.press("option", option)

    async def leave_dialog(self) -> None:
        """Click beside it."""
        await self.tab.page.mouse.click(5, 5)


@dataclass
class Keyboard:
    """Goes from control to control by Tab and Shift+Tab, and never points."""

    tab: Visit

    async def reach(self, wanted: Locator) -> None:
        """Go to a control. It fails if the keyboard does not get there, or if nobody could see that it has."""
        await wanted.wait_for()
        for _ in range(MOST_TABS):
            direction = await wanted.evaluate(DIRECTION)
            if direction == 0:
                return
            await self.tab.page.keyboard.press("Tab" if direction > 0 else "Shift+Tab")
        message = f"The keyboard does not reach {wanted} in {MOST_TABS} steps."
        raise AssertionError(message)

    async def press(self, role: str, name: str, within: Locator | None = None) -> None:
        """Go there. Space is for buttons, Enter for links."""
        await self.reach(control(self.tab, role, name, within))
        await self.tab.page.keyboard.press("Space" if role == "button" else "Enter")

    async def tick(self, name: str, within: Locator | None = None) -> None:
        """Go there, and press Space."""
        await self.reach(control(self.tab, "checkbox", name, within))
        await self.tab.page.keyboard.press("Space")

    async def write(self, label: str, text: str, within: Locator | None = None) -> None:
        """Go there, select what is there, and type."""
        await self.reach(field(self.tab, label, within))
        await self.tab.page.keyboard.press("Control+a")
        await self.tab.page.keyboard.type(text)

    async def choose(self, label: str, option: str, within: Locator | None = None) -> None:
        """Go there, and type the beginning of the option."""
        await self.reach(field(self.tab, label, within))
        await self.tab.page.keyboard.type(option)

    async def menu(self, button: str, item: str) -> None:
        """Go to the button, open it with Enter, and go down to the item."""
        page = self.tab.page
        await self.press("button", button)
        await self.arrow_to(items(page).filter(has_text=item))
        await page.keyboard.press("Enter")
        await page.keyboard.press("Escape")

    async def arrow_to(self, item: Locator) -> None:
        """Go down a menu to an item."""
        await item.wait_for()
        for _ in range(MOST_STEPS):
            if await item.evaluate("(one) => one === document.activeElement"):
                return
            await self.tab.page.keyboard.press("ArrowDown")
        message = f"The arrows do not reach {item} in {MOST_STEPS} steps."
        raise AssertionError(message)

    async def jump(self, text: str, option: str) -> None:
        """Press Ctrl+K, type, and go down to what was found."""
        page = self.tab.page
        await page.keyboard.press("Control+k")
        await searching(page).wait_for()
        await page.keyboard.type(text)
        found = control(self.tab, "option", option, None)
        await found.wait_for()
        for _ in range(MOST_STEPS):
            if await found.get_attribute("aria-selected") == "true":
                break
            await page.keyboard.press("ArrowDown")
        await page.keyboard.press("Enter")

    async def leave_dialog(self) -> None:
        """Press Escape."""
        await self.tab.page.keyboard.press("Escape")
