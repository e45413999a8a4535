"""The mail that invites: its link is ours, and the only one in it, whatever people call themselves and each other."""

import re

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from db.queue import jobs, runner
from domain.mails import INVITATION, InvitationMail
from domain.roles import Role
from gateway.mail.message import unlinked
from tests.gateway.mail.test_request_mails import arrived
from tests.support.world import World

LINK = re.compile(r"\w[.:/@]+\w")
TAKE_IT = "Your prize: https://evil.example/?a=b or evil\uff0eexample, eve@evil.example"


@pytest.mark.parametrize("name", ["Ada Lovelace", "Dr. Müller", "O'Neill-Núñez", "山田 太郎", "St. John"])
def test_a_name_stays_as_it_is(name: str) -> None:
    assert unlinked(name) == name


async def test_a_name_is_no_link(idle: AsyncEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(runner, "LOOK", runner.LOOK / 100)
    world = World(idle)
    team, eve = await world.team(), await world.person("Eve http://evil.example", "www.evil.example")
    await world.member(team, Role.SOFTWARE_COORDINATOR, eve)
    grace = await world.invited(team)
    async with idle.begin() as connection:
        await connection.execute(text("update teams set name = :name where id = :id"), {"name": TAKE_IT, "id": team})
        said = {"name": f"{TAKE_IT}\u2028https://evil.example", "by": eve.id}
        await connection.execute(text("update invitations set first_name = :name, invited_by = :by"), said)
        job = InvitationMail(team, await world.invitation(team, grace.id))
        await jobs.enqueue(connection, INVITATION, [job])
    [(to, subject, letter)] = await arrived(idle)
    [link] = [line for line in letter.splitlines() if "/invitations#" in line]
    assert grace.email in to
    assert LINK.search(subject) is None
    assert LINK.search(letter.replace(link, "")) is None
    assert "Your prize" in letter
    assert "Eve http: / / evil. example www. evil. example invites you" in letter
