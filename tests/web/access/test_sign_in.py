"""The sign-in: one intent is sent once, whatever the person and the connection do, and the second step."""

from typing import Any

import orjson
import pyotp
import pytest
from playwright.async_api import Locator, Request, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

PASSWORD = "a password of eleven words"


async def filled(tab: Visit, company: Company, world: World) -> Locator:
    """Open the sign-in of a manager of the company, and fill it in. Returns the dialog."""
    manager = company.people[Role.CONTRACT_MANAGER]
    await world.set_password(manager.id, PASSWORD)
    await tab.page.goto(f"{tab.address}/teams/{company.team}/people")
    dialog = tab.page.get_by_role("dialog", name="Sign in")
    await dialog.get_by_label("E-mail address").fill(manager.email)
    await dialog.get_by_label("Password").fill(PASSWORD)
    return dialog


def inputs(requests: list[Request]) -> list[dict[str, Any]]:
    """The inputs of the mutations among these requests."""
    bodies = [orjson.loads(request.post_data_buffer or b"") for request in requests if request.method == "POST"]
    return [body["variables"]["input"] for body in bodies if "input" in body["variables"]]


async def test_a_double_click_signs_in_once(company: Company, visit: Open, site_world: World) -> None:
    tab = await visit()
    dialog = await filled(tab, company, site_world)
    await dialog.get_by_role("button", name="Sign in").dblclick()
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_visible()
    assert len(inputs(tab.requests)) == 1


async def test_a_repeat_after_a_lost_answer_has_the_same_key(company: Company, visit: Open, site_world: World) -> None:
    tab = await visit()
    dialog = await filled(tab, company, site_world)
    button = dialog.get_by_role("button", name="Sign in")
    async with tab.answers_lost():
        await button.click()
        await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
        await expect(dialog.get_by_label("Password")).to_have_value(PASSWORD)
    await button.click()
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_visible()
    first, second, anew = inputs(tab.requests)
    assert first == second
    # The cookie was lost with the first answer, and Usher does not store it. So the console signs in once more.
    assert anew["idempotencyKey"] != first["idempotencyKey"]


async def test_a_lost_answer_with_a_challenge_leads_to_another_challenge(
    company: Company, visit: Open, site_world: World
) -> None:
    await site_world.authenticator(company.people[Role.CONTRACT_MANAGER].id)
    tab = await visit()
    dialog = await filled(tab, company, site_world)
    button = dialog.get_by_role("button", name="Sign in")
    async with tab.answers_lost():
        await button.click()
        await expect(tab.page.get_by_role("alert").filter(has_text="nothing is done twice")).to_be_visible()
    await button.click()
    await expect(dialog.get_by_label("Code of your authenticator app")).to_be_visible()


async def test_another_intent_has_another_key(company: Company, visit: Open, site_world: World) -> None:
    tab = await visit()
    dialog = await filled(tab, company, site_world)
    await dialog.get_by_label("Password").fill("wrong")
    for _ in range(2):
        await dialog.get_by_role("button", name="Sign in").click()
        await expect(dialog.get_by_role("alert")).to_contain_text("is wrong")
        await expect(dialog.get_by_role("button", name="Sign in")).not_to_have_attribute("aria-busy", "true")
    keys = [one["idempotencyKey"] for one in inputs(tab.requests)]
    assert len(keys) == len(set(keys)) == 2


@pytest.mark.parametrize("wrong", [False, True])
async def test_the_second_step_takes_the_code_of_the_app(
    company: Company, visit: Open, site_world: World, *, wrong: bool
) -> None:
    secret = await site_world.authenticator(company.people[Role.CONTRACT_MANAGER].id)
    tab = await visit()
    dialog = await filled(tab, company, site_world)
    await dialog.get_by_role("button", name="Sign in").click()
    code = dialog.get_by_label("Code of your authenticator app")
    if wrong:
        await code.fill("000000")
        await dialog.get_by_role("button", name="Confirm").click()
        await expect(code).to_be_focused()
        await expect(code).to_have_attribute("aria-invalid", "true")
        await tab.axe()
    await code.fill(pyotp.TOTP(secret).now())
    await tab.page.keyboard.press("Enter")
    await expect(tab.page.get_by_role("heading", name="User Management")).to_be_visible()
