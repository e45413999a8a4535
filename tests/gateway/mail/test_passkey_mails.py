"""A person is told by mail when a passkey was added to their account, and when one was removed."""

import pytest

from tests.gateway.mail.test_request_mails import arrived, caller, short_pauses
from tests.support.mutations import Caller
from tests.support.passkeys import Device

pytestmark = pytest.mark.slow
__all__ = ["caller", "short_pauses"]


async def test_a_person_is_told_of_a_new_and_of_a_removed_passkey(caller: Caller) -> None:
    options = (await caller.mutate("beginPasskey")).content["options"]
    added = await caller.mutate("addPasskey", answer=Device().create(options), name="Laptop")
    assert added.errors == []
    [(to, subject, letter)] = await arrived(caller.world.database)
    assert (caller.who.email in to, subject) == (True, "A passkey was added")
    assert "a passkey was added to your account" in letter
    await caller.mutate("removePasskey", passkeyId=added.content["passkey"]["id"])
    [(to, subject, letter)] = await arrived(caller.world.database)
    assert (caller.who.email in to, subject) == (True, "A passkey was removed")
    assert "a passkey was removed from your account" in letter
