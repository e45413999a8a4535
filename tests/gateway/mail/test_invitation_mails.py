"""The invitation mail contains only Usher's link, whatever names the people and teams have."""

import pytest

from db.core.database import Database
from db.queue import jobs, runner
from domain.mails import INVITATION, InvitationMail
from domain.roles import Role
from gateway.mail.message import without_links
from tests.gateway.mail.test_request_mails import LINK, NAME_WITH_LINKS, arrived
from tests.support.database import fetch
from tests.support.world import World


@pytest.mark.parametrize("name", ["Ada Lovelace", "Dr. Müller", "O'Neill-Núñez", "山田 太郎", "St. John"])
def test_a_name_without_a_link_is_unchanged(name: str) -> None:
    assert without_links(name) == name


async def test_a_name_never_becomes_a_link(
    clean_database: Database, own_world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner, "POLL_INTERVAL", runner.POLL_INTERVAL / 100)
    world = own_world
    team, eve = await world.team(), await world.person("Eve http://evil.example", "www.evil.example")
    await world.member(team, Role.SOFTWARE_COORDINATOR, eve)
    grace = await world.invited_member(team)
    async with clean_database.transaction() as connection:
        await fetch(connection, "update teams set name = $1 where id = $2", NAME_WITH_LINKS, team)
        first_name = f"{NAME_WITH_LINKS}\u2028https://evil.example"
        await fetch(connection, "update invitations set first_name = $1, invited_by = $2", first_name, eve.id)
        job = InvitationMail(team, await world.invitation(team, grace.id))
        await jobs.enqueue(connection, INVITATION, [job])
        await connection.commit()
    [(to, subject, letter)] = await arrived(clean_database)
    [link] = [line for line in letter.splitlines() if "/invitations#" in line]
    assert grace.email in to
    assert LINK.search(to.replace(grace.email, "")) is None
    assert LINK.search(subject) is None
    assert LINK.search(letter.replace(link, "")) is None
    assert "Your prize" in letter
    assert "Eve http: / / evil. example www. evil. example invites you" in letter
