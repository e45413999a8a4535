"""Invite users: by hand, where a bad address stops nobody else, and from a file, with each row's verdict before."""

from pathlib import Path

import pytest
from playwright.async_api import Download, FilePayload, Locator, expect

from domain.roles import Role
from tests.support.site import Visit
from tests.support.world import World
from tests.web.conftest import Company, Open

MANAGERS = [Role.SOFTWARE_COORDINATOR, Role.CONTRACT_MANAGER]
HEADER = "First name,Last name,Email address\n"


def person(tab: Visit, number: int) -> Locator:
    """The fields of one person."""
    return tab.page.get_by_role("group", name=f"Person {number}")


async def fill(tab: Visit, number: int, first: str, email: str) -> None:
    """Enter a person."""
    await person(tab, number).get_by_label("First name").fill(first)
    await person(tab, number).get_by_label("E-mail address").fill(email)


@pytest.mark.parametrize("role", MANAGERS)
async def test_one_bad_address_stops_nobody_else(company: Company, visit: Open, role: Role) -> None:
    tab = await visit(company.people[role])
    await tab.open(f"/teams/{company.team}/people")
    await tab.page.get_by_role("link", name="Invite users").click()
    await expect(tab.page.get_by_role("heading", name="Invite users")).to_be_visible()
    await fill(tab, 1, "Uma", f"uma.{company.team}@lumen.example")
    await tab.page.get_by_role("button", name="Add another person").click()
    await fill(tab, 2, "Vic", "vic at lumen")
    await tab.page.get_by_role("button", name="Add another person").click()
    await fill(tab, 3, "Ada", company.people[Role.USER].email)
    await tab.axe()
    await tab.page.get_by_role("button", name="Invite 3 people").click()
    await expect(tab.page.get_by_text("1 person is invited.")).to_be_visible()
    await expect(person(tab, 2)).to_have_count(0)
    address = person(tab, 1).get_by_label("E-mail address")
    await expect(address).to_have_value("vic at lumen")
    await expect(address).to_be_focused()
    await expect(person(tab, 1)).to_contain_text("This is not an e-mail address.")
    outcomes = tab.page.get_by_role("region", name="What was not done, and why")
    await expect(outcomes).to_contain_text(f"{company.people[Role.USER].email}: This person is a member of the team")
    await tab.axe()
    await address.fill(f"vic.{company.team}@lumen.example")
    await tab.page.keyboard.press("Enter")
    await expect(address).to_have_value("")
    await tab.open(f"/teams/{company.team}/people?status=PENDING")
    await expect(tab.page.locator("tbody tr")).to_have_count(2)


async def test_the_focus_stays_near_when_a_person_is_taken_away_by_keyboard(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite")
    for _ in range(2):
        await tab.page.get_by_role("button", name="Add another person").press("Enter")
    for taken, left in ((2, 2), (2, 1)):
        await tab.page.get_by_role("button", name=f"Take away: Person {taken}").press("Enter")
        await expect(person(tab, left).get_by_label("First name")).to_be_focused()
    await expect(tab.page.get_by_role("button", name="Take away")).to_have_count(0)


async def test_a_user_cannot_invite(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.USER])
    await tab.open(f"/teams/{company.team}/people/invite")
    await expect(tab.page.get_by_role("heading", name="There is no such page")).to_be_visible()


def csv(content: str | bytes) -> FilePayload:
    """A file that a person chooses."""
    buffer = content.encode() if isinstance(content, str) else content
    return {"name": "people.csv", "mimeType": "text/csv", "buffer": buffer}


def text_of(path: Path) -> str:
    """The text of a file that was saved."""
    return path.read_text(encoding="utf-8-sig")


async def saved(download: Download) -> str:
    """The text of a download."""
    return text_of(await download.path())


def many(company: Company, rows: int, bad: int) -> str:
    """A file with one person who is known already, and bad rows spread over it."""
    lines = [f"Ada,Byron,{company.people[Role.USER].email}\n"]
    for number in range(1, rows):
        wrong = number % (rows // bad) == 0 and number // (rows // bad) <= bad
        lines.append(f"First {number},Last,{'no address' if wrong else f'p{number}.{company.team}@lumen.example'}\n")
    return HEADER + "".join(lines)


async def test_a_file_of_5000_rows_with_137_bad_ones(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    page = tab.page
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    await page.get_by_label("File", exact=True).set_input_files(csv(many(company, 5000, 137)))
    facts = page.locator(".facts dd")
    await expect(facts).to_have_text(["4,862", "1", "137"], timeout=60_000)
    rows = page.locator("tbody tr")
    await expect(rows).to_have_count(100)
    await expect(rows.first).to_contain_text("no address")
    await expect(rows.first).to_contain_text("This is not an e-mail address.")
    await tab.axe()
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Get the 137 rows to be corrected as a file").click()
    rejects = (await saved(await download.value)).splitlines()
    assert len(rejects) == 138
    assert rejects[0] == '"First name","Last name","Email address","Problem"'
    assert all("no address" in line for line in rejects[1:])
    await page.get_by_label("What happens").select_option("Known already")
    await expect(rows).to_have_count(1)
    await page.get_by_role("button", name="Invite 4,862 people").click()
    await expect(page.get_by_role("progressbar")).to_be_visible()
    await expect(page.get_by_label("File", exact=True)).to_be_disabled()
    await expect(page.get_by_role("heading", name="Nobody is invited yet")).to_have_count(0)
    await expect(page.get_by_role("heading", name="The import is done")).to_be_visible(timeout=120_000)
    await expect(facts).to_have_text(["4,862", "1", "137", "0", "0"])
    await expect(page.locator(".step")).to_be_focused()
    await expect(page.get_by_label("File", exact=True)).to_be_enabled()
    await tab.axe()
    await page.get_by_role("link", name="To the members").click()
    await expect(page.get_by_role("navigation", name="Pages")).to_contain_text("4,865 in all")


@pytest.mark.parametrize(
    ("content", "text"),
    [
        (b"", "The file is empty."),
        (b"PK\x03\x04\x00\x00", "The file is no text."),
        ("First name,Last name,Email address\nZoë,Z,z@lumen.example\n".encode("utf-16"), "The file is no"),
        (b"First name,Last name\nZoe,Z\n", "This column is missing."),
        (HEADER.encode(), "The file has a header, and no rows."),
    ],
)
async def test_a_file_that_is_none_says_why(company: Company, visit: Open, content: bytes, text: str) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    await tab.page.get_by_label("File", exact=True).set_input_files(csv(content))
    await expect(tab.page.locator("main")).to_contain_text(text)
    await expect(tab.page.get_by_role("button", name="Invite 0 people")).to_have_attribute("aria-disabled", "true")


async def test_rows_keep_their_lines_and_the_same_file_can_be_corrected(
    company: Company, visit: Open, site_world: World
) -> None:
    await site_world.group(company.team, "Design")
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    head = "sep=;\r\nFirst name;Last name;Email address;Group\r\n"
    first = f'"Uma\r\nLee";Seeker;uma.{company.team}@lumen.example;Design\r\n'
    field = tab.page.get_by_label("File", exact=True)
    await field.set_input_files(csv(head + ";;;\r\n" + first + "Vic;Seeker;vic@lumen.example;Nowhere\r\n"))
    rows = tab.page.locator("tbody tr")
    await expect(rows.filter(has_text="Vic")).to_contain_text("The team has no group with this name.")
    await expect(rows.filter(has_text="Vic").locator("th")).to_have_text("6")
    await field.set_input_files(csv(f"{head}Vic;Seeker;vic.{company.team}@lumen.example;Design\r\n"))
    await tab.page.get_by_role("button", name="Invite 1 person").click()
    await expect(tab.page.get_by_role("heading", name="The import is done")).to_be_visible()
    async with tab.page.expect_download() as download:
        await tab.page.get_by_role("button", name="Get a template").click()
    assert await saved(await download.value) == "First name,Last name,Email address,Group\n"


# Keeps the first file that is read until the test lets it go.
SLOW_DISK = """
() => {
  const read = File.prototype.arrayBuffer;
  File.prototype.arrayBuffer = async function () {
    File.prototype.arrayBuffer = read;
    await new Promise((resolve) => { window.readOn = resolve; });
    return read.call(this);
  };
}
"""


async def test_of_two_files_the_one_that_was_chosen_last_counts(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    await tab.page.evaluate(SLOW_DISK)
    field = tab.page.get_by_label("File", exact=True)
    rows = tab.page.locator("tbody tr")
    await field.set_input_files(csv(HEADER + "Uma,Seeker,no address\n"))
    await tab.page.wait_for_function("window.readOn !== undefined")
    await field.set_input_files(csv(HEADER + "Vic,Seeker,none\n"))
    await expect(rows.filter(has_text="Vic")).to_be_visible()
    await tab.page.evaluate("window.readOn()")
    await tab.page.wait_for_timeout(1_000)  # the first file would be there by now
    await tab.page.locator("input[name=inviteRemoved]").check()  # the file is checked again
    await tab.page.wait_for_timeout(500)
    await expect(rows.filter(has_text="Vic")).to_be_visible()
    await expect(rows).to_have_count(1)


async def test_what_was_entered_stays_while_the_other_way_is_looked_at(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite")
    ways = tab.page.get_by_role("navigation", name="Ways to invite")
    await fill(tab, 1, "Uma", "uma@lumen.example")
    await ways.get_by_role("link", name="From a file").click()
    await expect(person(tab, 1)).to_have_count(0)
    await tab.page.get_by_label("File", exact=True).set_input_files(csv(HEADER + "Vic,Seeker,none\n"))
    rows = tab.page.locator("tbody tr").filter(has_text="Vic")
    await expect(rows).to_be_visible()
    await ways.get_by_role("link", name="By hand").click()
    await expect(rows).to_be_hidden()
    await expect(person(tab, 1).get_by_label("First name")).to_have_value("Uma")
    await tab.axe()
    await tab.page.go_back()
    await expect(rows).to_be_visible()


async def test_a_quote_that_is_not_closed_hides_nobody(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.SOFTWARE_COORDINATOR])
    page = tab.page
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    # Within cells that commas separate, the other separators are text. And no quote swallows the rest of a long file.
    people = "".join(f"P{number},Last,p{number}.{company.team}@lumen.example\n" for number in range(3_000))
    odd = f'Ada ;"x",Last,ada.{company.team}@lumen.example\n"Eve,Last,eve@lumen.example\n\n'
    await page.get_by_label("File", exact=True).set_input_files(csv(HEADER + odd + people + "Bad,Last,no address\n"))
    facts = page.locator(".facts dd")
    await expect(facts).to_have_text(["3,001", "0", "2"], timeout=60_000)
    await expect(page.get_by_text("1 blank row is left out.")).to_be_visible()
    await expect(page.locator("tbody th")).to_have_text(["3", "3,005"])
    await page.get_by_role("button", name="Invite 3,001 people").click()
    await expect(page.get_by_role("heading", name="The import is done")).to_be_visible(timeout=120_000)
    await expect(facts).to_have_text(["3,001", "0", "2", "0", "0"])
    await expect(page.locator("tbody th")).to_have_text(["3", "3,005"])


async def test_nobody_is_invited_from_rows_that_cannot_be_shown(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    half = "x" * 70_000  # together more than a cell may have: for Usher these are two rows
    long = f'Ada,"{half}\n{half}",ada@lumen.example\n'
    # For Usher one row. By every other separator than the comma, it would be two.
    short = 'Bo,"L\nL",bo@lumen.example\n'
    await tab.page.get_by_label("File", exact=True).set_input_files(csv(f"{HEADER}{long}{short}"))
    await expect(tab.page.get_by_text("Usher divides this file into other rows").first).to_be_visible()
    await expect(tab.page.get_by_role("button", name="Invite 0 people")).to_have_attribute("aria-disabled", "true")
    await tab.axe()


async def test_a_spreadsheet_runs_no_cell_of_the_rows_to_be_corrected(company: Company, visit: Open) -> None:
    tab = await visit(company.people[Role.CONTRACT_MANAGER])
    page = tab.page
    await tab.open(f"/teams/{company.team}/people/invite?by=file")
    rows = ['=HYPERLINK("x"&B2);Byron;none', " \t=1;＋1;@SUM(A1)", '\'=2;-1;"a;""b"', '"Ada;=3;none']
    content = "sep=;\nFirst name;Last name;Email address;=Other\n" + "\n".join(rows)
    await page.get_by_label("File", exact=True).set_input_files(csv(content))
    async with page.expect_download() as download:
        await page.get_by_role("button", name="Get the 4 rows to be corrected as a file").click()
    assert [line.rpartition(";")[0] for line in (await saved(await download.value)).splitlines()] == [
        "sep=",
        '"First name";"Last name";"Email address";"\'=Other"',
        '"\'=HYPERLINK(""x""&B2)";"Byron";"none";""',
        '"\'=1";"\'＋1";"\'@SUM(A1)";""',
        '"\'=2";"\'-1";"a;""b";""',
        '"""Ada;=3;none";"";"";""',
    ]
