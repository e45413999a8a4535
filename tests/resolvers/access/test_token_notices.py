"""Grantors are told 14 days and 1 day before their partner tokens end: once each, however often the job runs."""

import asyncio
from datetime import timedelta

import pytest

from db.core.database import Database
from domain.actions import Scope
from domain.roles import Role
from domain.subjects import System
from gateway import worker
from resolvers.access.token_notices import queue_notices
from tests.support.database import fetch_rows
from tests.support.mail_server import MailCatcher, mail_text
from tests.support.queued_mails import settings, wait_until_done
from tests.support.workspaces import workspace
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

NOTICES = System("job notices")
QUEUED = (
    "select convert_from(payload, 'utf8')::jsonb ->> 'token_id' from jobs.pgqueuer where entrypoint = 'token_ending'"
)
AUDITED = (
    "select team_id, target_id, action, actor_id, after from audit_events where actor_id = 'job notices' order by id"
)
SET = """
update partner_tokens set expires_at = now() + cast($2 as interval), created_at = now() - cast($3 as interval)
where id = $1
"""


@pytest.fixture
async def team(clean_database: Database, own_world: World) -> tuple[str, Account]:
    """A team with a coordinator, in a database whose queue is empty."""
    await queue_notices(workspace(clean_database), NOTICES)
    await fetch_rows(clean_database, "delete from jobs.pgqueuer")
    id_ = await own_world.team()
    return id_, await own_world.member(id_, Role.SOFTWARE_COORDINATOR, await own_world.person("Ada", "Lovelace"))


async def token(world: World, team: tuple[str, Account], *, left: float, age: float = 60) -> str:
    """A token that ends in some days and was created some days ago."""
    id_, _ = await world.token(team[0], team[1].id, Scope.SEATS_READ)
    await set_days(world, id_, left, age)
    return id_


async def set_days(world: World, id_: str, left: float, age: float = 60) -> None:
    """Let a token end in some days, and be created some days ago."""
    await fetch_rows(world.database, SET, id_, timedelta(days=left), timedelta(days=age))


async def told(world: World) -> list[str]:
    """Run the job. Returns the ids of the tokens for which it queued mails."""
    await fetch_rows(world.database, "delete from jobs.pgqueuer")
    number = await queue_notices(workspace(world.database), NOTICES)
    found = sorted(id_ for (id_,) in await fetch_rows(world.database, QUEUED))
    assert number == len(found)
    return found


async def test_a_grantor_is_told_once_14_days_and_once_1_day_before(
    own_world: World, team: tuple[str, Account]
) -> None:
    id_ = await token(own_world, team, left=14.1)
    assert await told(own_world) == []
    for left, expected in ((13.9, [id_]), (13.8, []), (1.1, []), (0.9, [id_]), (0.5, []), (0.01, [])):
        await set_days(own_world, id_, left)
        assert await told(own_world) == expected, left
    await set_days(own_world, id_, -0.1)
    assert await told(own_world) == []


async def test_a_late_run_tells_only_the_last_notice(own_world: World, team: tuple[str, Account]) -> None:
    id_ = await token(own_world, team, left=0.9)
    assert (await told(own_world), await told(own_world)) == ([id_], [])


async def test_a_short_token_gets_only_the_notices_before_which_it_existed(
    own_world: World, team: tuple[str, Account]
) -> None:
    week = await token(own_world, team, left=6, age=1)
    hours = await token(own_world, team, left=0.3, age=0.1)
    assert await told(own_world) == []
    await set_days(own_world, week, 0.9, 6.1)
    assert await told(own_world) == [week]
    await set_days(own_world, hours, 0.1, 0.3)
    assert await told(own_world) == []


async def test_nobody_is_told_about_a_revoked_token(own_world: World, team: tuple[str, Account]) -> None:
    await own_world.revoke(await token(own_world, team, left=10))
    assert await told(own_world) == []


async def test_two_workers_at_once_queue_one_mail_for_each_token(own_world: World, team: tuple[str, Account]) -> None:
    other = await own_world.team()
    second = (other, await own_world.member(other, Role.CONTRACT_MANAGER))
    ids = sorted([await token(own_world, one, left=10) for one in (team, second, team)])
    numbers = await asyncio.gather(*(queue_notices(workspace(own_world.database), NOTICES) for _ in range(4)))
    assert (sum(numbers), sorted(id_ for (id_,) in await fetch_rows(own_world.database, QUEUED))) == (3, ids)


async def test_each_notice_is_audited(own_world: World, team: tuple[str, Account]) -> None:
    id_ = await token(own_world, team, left=10)
    await told(own_world)
    *_, last = await fetch_rows(own_world.database, AUDITED)
    assert last[:4] == (team[0], id_, "mails:queue", "job notices")
    assert '"daysBefore": 14' in str(last[4])


async def test_the_mail_says_which_token_ends_and_when(
    clean_database: Database, own_world: World, team: tuple[str, Account]
) -> None:
    id_, revoked = await token(own_world, team, left=10), await token(own_world, team, left=10)
    name = "update partner_tokens set name = 'Sync, see https://evil.example' where id = $1"
    await fetch_rows(clean_database, name, id_)
    [(ends, team_name)] = await fetch_rows(
        clean_database,
        "select to_char(p.expires_at at time zone 'UTC', 'DD FMMonth YYYY, HH24:MI'), t.name "
        "from partner_tokens p join teams t on t.id = p.team_id where p.id = $1",
        id_,
    )
    assert await told(own_world) == sorted([id_, revoked])
    await own_world.revoke(revoked)
    mail_catcher = MailCatcher()
    with mail_catcher.open():
        async with worker.in_background(workspace(clean_database), settings(mail_catcher)):
            await wait_until_done(clean_database)
    [mail] = mail_catcher.mails
    assert mail["To"] == f"Ada Lovelace <{team[1].email}>"
    assert "ends soon" in mail["Subject"]
    text = mail_text(mail)
    assert f"stops working on {ends} UTC." in text
    assert team_name in text
    assert "https://evil" not in text
