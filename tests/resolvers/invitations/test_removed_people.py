"""People who were removed from a team: an import tells about them, and invites them again only if it is asked to."""

from typing import Any

import pytest

from tests.conftest import Client
from tests.support.mutations import Caller, Payload, new_caller
from tests.support.world import World, counter

pytestmark = pytest.mark.slow

HEADER = "First name,Last name,Email address\n"


async def imported(caller: Caller, *emails: str, **more: Any) -> Payload:
    """Import people with these addresses into the caller's team."""
    text = HEADER + "".join(f"Ada,Byron,{email}\n" for email in emails)
    return await caller.mutate("importMembers", teamId=caller.team, text=text, **more)


def told(result: Payload) -> list[tuple[int, str, bool]]:
    """The line and the reason of each problem, and whether it is information only."""
    return [(one["line"], one["reason"], one["isInformation"]) for one in result.content["problems"]]


async def test_an_import_does_not_invite_a_removed_member_again_unless_asked(client: Client, world: World) -> None:
    caller = await new_caller(client, world, seats=1)
    ada, new = await world.member(caller.team), f"new{next(counter)}@t.example"
    await caller.remove([ada.id])
    result = await imported(caller, ada.email.upper(), new)
    assert (result.content["imported"], result.content["skipped"], result.content["rejected"]) == (1, 1, 0)
    assert told(result) == [(2, "REMOVED_BEFORE", True)]
    assert "set `inviteRemoved`" in result.content["problems"][0]["message"]
    dry = await imported(caller, ada.email, inviteRemoved=True, dryRun=True)
    assert (dry.content["imported"], told(dry)) == (1, [])
    asked = await imported(caller, ada.email, inviteRemoved=True)
    assert (asked.content["imported"], told(asked)) == (1, [])
    assert told(await imported(caller, ada.email)) == [(2, "ALREADY_MEMBER", True)]


async def test_a_revoked_invitation_counts_as_a_removal(client: Client, world: World) -> None:
    caller, email = await new_caller(client, world, seats=1), f"new{next(counter)}@t.example"
    person = {"firstName": "Ada", "lastName": "Byron", "email": email}
    invited = await caller.mutate("inviteMembers", teamId=caller.team, people=[person])
    [invitation] = [one["id"] for one in invited.content["invitations"]]
    await caller.mutate("revokeInvitation", teamId=caller.team, invitationId=invitation)
    assert told(await imported(caller, email)) == [(2, "REMOVED_BEFORE", True)]


async def test_a_person_who_was_invited_by_hand_after_the_removal_is_no_removed_person(
    client: Client, world: World
) -> None:
    caller, other = await new_caller(client, world, seats=1), await new_caller(client, world, seats=1)
    ada = await world.member(caller.team)
    await caller.remove([ada.id])
    person = {"firstName": "Ada", "lastName": "Byron", "email": ada.email}
    assert (await caller.mutate("inviteMembers", teamId=caller.team, people=[person])).errors == []
    await world.leave(caller.team, ada.id)
    assert told(await imported(caller, ada.email)) == []
    assert told(await imported(other, ada.email)) == []
