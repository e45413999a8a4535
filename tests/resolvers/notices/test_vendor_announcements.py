"""The vendor's staff writes to contract managers. Each person gets it once."""

import pytest

from db.core import ids
from domain.notices import Delivery, NoticeKind
from domain.roles import Role
from tests.conftest import Client
from tests.support.database import fetch_rows
from tests.support.mutations import operation
from tests.support.notices import Agreement, agree
from tests.support.world import Account, World

SELECTION = "announcementId recipients errors { code }"
TOLD = "select user_id, delivery from notices where data ->> 'announcementId' = $1 order by user_id"


@pytest.fixture
async def agreed(world: World) -> Agreement:
    """A team with two contract managers."""
    return await agree(world)


@pytest.fixture
async def vendor(world: World) -> Account:
    """A person of the vendor's staff."""
    person = await world.person("Vera", "Vendor")
    await world.make_vendor(person.id)
    return person


async def test_contract_managers_of_the_teams_get_it_once(client: Client, agreed: Agreement, vendor: Account) -> None:
    second, third = await agree(agreed.world), await agree(agreed.world)
    await agreed.world.member(second.team, Role.CONTRACT_MANAGER, agreed.contact)
    await agreed.world.member(agreed.team, Role.SOFTWARE_COORDINATOR)
    await agreed.prefer(agreed.other, NoticeKind.ANNOUNCEMENT, Delivery.OFF)
    await second.prefer(second.other, NoticeKind.ANNOUNCEMENT, Delivery.DIGEST)
    given = {"subject": " New\nrelease ", "text": "Here.\r\n\r\nNow.", "teamIds": [agreed.team, second.team]}
    done = (await client(operation("sendAnnouncement", SELECTION), vendor.secret, input=given)).data["sendAnnouncement"]
    told = {agreed.contact.id: "at_once", second.contact.id: "at_once", second.other.id: "digest"}
    assert (done["recipients"], done["errors"]) == (3, [])
    rows = await fetch_rows(agreed.world.database, TOLD, done["announcementId"])
    assert dict(map(tuple, rows)) == told
    assert third.contact.id not in told
    stored = "select subject, text, sent_by from announcements where id = $1"
    [row] = await fetch_rows(agreed.world.database, stored, done["announcementId"])
    assert tuple(row) == ("New release", "Here.\n\nNow.", vendor.id)


async def test_without_teams_it_goes_to_all(client: Client, agreed: Agreement, vendor: Account) -> None:
    given = {"subject": "New release", "text": "Here."}
    done = (await client(operation("sendAnnouncement", SELECTION), vendor.secret, input=given)).data["sendAnnouncement"]
    told = {user for user, _ in await fetch_rows(agreed.world.database, TOLD, done["announcementId"])}
    assert {agreed.contact.id, agreed.other.id} <= told
    assert len(told) == done["recipients"]


@pytest.mark.parametrize(
    ("changed", "code"),
    [
        ({"teamIds": ["team_x"]}, "NOT_FOUND"),
        ({"subject": " "}, "BAD_USER_INPUT"),
        ({"subject": "x" * 201}, "BAD_USER_INPUT"),
        ({"text": "\n"}, "BAD_USER_INPUT"),
        ({"text": "x" * 10_001}, "BAD_USER_INPUT"),
        ({"text": "a\x00b"}, "BAD_USER_INPUT"),
    ],
)
async def test_wrong_input_sends_nothing(
    client: Client, agreed: Agreement, vendor: Account, changed: dict[str, object], code: str
) -> None:
    before = await agreed.world.fingerprint()
    given = {"subject": "New", "text": "Here.", "teamIds": [agreed.team, ids.new("team")][:1], **changed}
    assert (await client(operation("sendAnnouncement", SELECTION), vendor.secret, input=given)).codes == [code]
    assert await agreed.world.fingerprint() == before
