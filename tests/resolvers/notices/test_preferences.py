"""Each person sets how they get notices. The contact person of a contract cannot switch off what they must get."""

from typing import Any

import pytest

from domain.notices import NoticeKind
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support.database import fetch_rows
from tests.support.mutations import operation
from tests.support.notices import Agreement, agree
from tests.support.world import Account, World

PREFERENCES = """
query ($team: ID!) {
  viewer {
    memberships(teamId: $team) { nodes { noticePreferences { kind delivery required } } }
  }
}
"""
MEMBERS = "query ($team: ID!) { team(id: $team) { members { nodes { user { id } noticePreferences { kind } } } } }"
AUDITED = "select before, after from audit_events where team_id = $1 and action = 'notices:set' order by id"
SELECTION = "noticePreferences { kind delivery required } errors { code field }"


@pytest.fixture
async def agreed(world: World) -> Agreement:
    """A contract with its contact person and another contract manager."""
    return await agree(world)


async def preferences(client: Client, agreed: Agreement, who: Account) -> dict[str, tuple[str, bool]]:
    """How a person gets the notices of each kind, and whether they must."""
    [member] = (await client(PREFERENCES, who.secret, team=agreed.team)).data["viewer"]["memberships"]["nodes"]
    return {one["kind"]: (one["delivery"], one["required"]) for one in member["noticePreferences"]}


async def change(client: Client, agreed: Agreement, who: Account, kind: str, delivery: str, **more: object) -> Answer:
    """Set how a person gets the notices of one kind."""
    values = {"teamId": agreed.team, "kind": kind, "delivery": delivery, **more}
    return await client(operation("setNoticePreferences", SELECTION), who.secret, input=values)


def payload(answer: Answer) -> Any:
    """The payload of the mutation."""
    return answer.data["setNoticePreferences"]


async def test_without_a_wish_it_follows_from_the_contract(client: Client, agreed: Agreement) -> None:
    required = {kind.name: kind.required for kind in NoticeKind}
    assert await preferences(client, agreed, agreed.contact) == {
        kind: ("AT_ONCE", must) for kind, must in required.items()
    }
    nothing = dict.fromkeys(required, ("OFF", False))
    assert await preferences(client, agreed, agreed.other) == nothing
    user = await agreed.world.member(agreed.team)
    assert await preferences(client, agreed, user) == nothing
    await agreed.world.set_role(agreed.team, agreed.contact.id, Role.USER)
    assert await preferences(client, agreed, agreed.contact) == nothing
    assert (await preferences(client, agreed, agreed.other))["RENEWAL"] == ("AT_ONCE", True)


@pytest.mark.parametrize("kind", [kind.name for kind in NoticeKind])
async def test_the_contact_person_switches_off_only_what_they_need_not_get(
    client: Client, agreed: Agreement, kind: str
) -> None:
    refused = NoticeKind[kind].required
    before = await agreed.world.fingerprint()
    done = payload(await change(client, agreed, agreed.contact, kind, "OFF"))
    codes = [("NOTICE_REQUIRED", ["delivery"])] if refused else []
    assert [(one["code"], one["field"]) for one in done["errors"]] == codes
    assert (await agreed.world.fingerprint() == before) == refused
    delivery = "AT_ONCE" if refused else "OFF"
    assert (await preferences(client, agreed, agreed.contact))[kind] == (delivery, refused)
    digest = payload(await change(client, agreed, agreed.contact, kind, "DIGEST"))
    shown = {one["kind"]: (one["delivery"], one["required"]) for one in digest["noticePreferences"]}
    assert (digest["errors"], shown[kind]) == ([], ("DIGEST", refused))


async def test_another_contract_manager_gets_what_they_want_and_nothing_else(client: Client, agreed: Agreement) -> None:
    for delivery in ("AT_ONCE", "OFF", "DIGEST"):
        await change(client, agreed, agreed.other, "RENEWAL", delivery)
        found = await preferences(client, agreed, agreed.other)
        assert (found["RENEWAL"], found["EXPIRY"]) == ((delivery, False), ("OFF", False))
    assert {one.user_id: one.at_once for one in await agreed.queue(agreed.renewal())} == {
        agreed.contact.id: True,
        agreed.other.id: False,
    }


async def test_a_change_is_audited_and_a_repeat_changes_nothing(client: Client, agreed: Agreement) -> None:
    await change(client, agreed, agreed.other, "RENEWAL", "AT_ONCE")
    before = await agreed.world.fingerprint()
    assert payload(await change(client, agreed, agreed.other, "RENEWAL", "AT_ONCE"))["errors"] == []
    assert await agreed.world.fingerprint() == before
    [(old, new)] = await fetch_rows(agreed.world.database, AUDITED, agreed.team)
    assert ('"off"' in old, '"at_once"' in new) == (True, True)


async def test_a_person_sees_only_their_own_preferences(client: Client, agreed: Agreement) -> None:
    found = (await client(MEMBERS, agreed.contact.secret, team=agreed.team)).data["team"]["members"]["nodes"]
    shown = {one["user"]["id"]: len(one["noticePreferences"]) for one in found}
    assert shown == {agreed.contact.id: len(NoticeKind), agreed.other.id: 0}


async def test_a_wish_belongs_to_one_person_and_one_team(client: Client, agreed: Agreement) -> None:
    elsewhere = await agree(agreed.world)
    await agreed.world.member(elsewhere.team, Role.CONTRACT_MANAGER, agreed.other)
    await change(client, elsewhere, agreed.other, "RENEWAL", "AT_ONCE")
    assert (await preferences(client, agreed, agreed.other))["RENEWAL"] == ("OFF", False)
    assert (await change(client, elsewhere, agreed.contact, "RENEWAL", "DIGEST")).codes == ["NOT_FOUND"]
