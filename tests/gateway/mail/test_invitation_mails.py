"""The invitation mail contains only Usher's link, whatever names the people and teams have."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queue import jobs, runner
from domain.mails import INVITATION, InvitationMail
from domain.roles import Role
from gateway.mail.message import without_links
from tests.gateway.mail.test_request_mails import arrived
from tests.support.world import World

LINK = re.compile(r"\w[.:/@]+\w")
NAME_WITH_LINKS = "Your prize: https://evil.example/?a=b or evil\uff0eexample, eve@evil.example"


@pytest.mark.parametrize("name", ["Ada Lovelace", "Dr. Müller", "O'Neill-Núñez", "山田 太郎", "St. John"])
def test_a_name_without_a_link_is_unchanged(name: str) -> None:
    assert without_links(name) == name


async def test_a_name_never_becomes_a_link(clean_engine: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "POLL_INTERVAL", runner.POLL_INTERVAL / 100)
    world = World(clean_engine)
    team, eve = await world.team(), await world.person("Eve http://evil.example", "www.evil.example")
    await world.member(team, Role.SOFTWARE_COORDINATOR, eve)
    grace = await world.invited_member(team)
    async with clean_engine.begin() as connection:
        await connection.execute(
            text("update teams set name = :name where id = :id"), {"name": NAME_WITH_LINKS, "id": team}
        )
        values = {"name": f"{NAME_WITH_LINKS}\u2028https://evil.example", "by": eve.id}
        await connection.execute(text("update invitations set first_name = :name, invited_by = :by"), values)
        job = InvitationMail(team, await world.invitation(team, grace.id))
        await jobs.enqueue(connection, INVITATION, [job])
    [(to, subject, letter)] = await arrived(clean_engine)
    [link] = [line for line in letter.splitlines() if "/invitations#" in line]
    assert grace.email in to
    assert LINK.search(subject) is None
    assert LINK.search(letter.replace(link, "")) is None
    assert "Your prize" in letter
    assert "Eve http: / / evil. example www. evil. example invites you" in letter
