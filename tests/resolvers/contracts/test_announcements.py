"""What is told about contracts because a day has come: each event once, only the nearest, and nothing that is past."""

import asyncio
from datetime import date

import pytest

from db.contracts import renewals
from db.contracts.renewals import TermRow
from db.core.database import Database
from domain.subjects import System
from domain.terms import last_day
from resolvers.contracts.announcements import announce
from tests.support.database import committed, fetch_rows
from tests.support.notices import Agreement, agree, day
from tests.support.workspaces import workspace
from tests.support.world import World

pytestmark = pytest.mark.slow

CALENDAR = System("job calendar")
KEYS = "select event_key from notices where team_id = $1 order by event_key"

AUDITED = """
select n.id, a.actor_id, a.action, a.after ->> 'user' from audit_events a join notices n on n.id = a.target_id
where a.team_id = $1
"""


@pytest.fixture
async def agreed(clean_database: Database, own_world: World) -> Agreement:
    """The only contract of which something may be told; its subscription ends today, 200 days after its first."""
    for table in ("notices", "contract_teams, contracts, subscriptions, orders, invoices"):
        await fetch_rows(clean_database, f"truncate {table} cascade")
    return await agree(own_world, starts=-200, ends=0)


async def told(agreed: Agreement, days: int) -> list[str]:
    """Announce what is due so many days from now, before a subscription ends if negative. Returns what is new."""
    before = await fetch_rows(agreed.world.database, KEYS, agreed.team)
    number = await announce(workspace(agreed.world.database), CALENDAR, day(days))
    after = [key for (key,) in await fetch_rows(agreed.world.database, KEYS, agreed.team) if (key,) not in before]
    assert number == len(after)
    return [key.replace(f":{agreed.subscription}:1", "") for key in after]


async def renew(agreed: Agreement) -> date:
    """Append the next term, of 12 months. Returns its last day."""
    start = day(1)
    term = TermRow(2, start, last_day(start, 0, 12), start, 0, 12, 0)
    await committed(
        agreed.world.database, lambda connection: renewals.append(connection, agreed.team, agreed.subscription, term)
    )
    return term.ends_on


@pytest.mark.parametrize(("on", "kind"), [(True, "renewal"), (False, "expiry")])
async def test_it_is_told_90_30_and_7_days_before_the_end(agreed: Agreement, on: bool, kind: str) -> None:
    await agreed.auto_renew(on=on)
    found = {days: await told(agreed, days) for days in (-91, -90, -89, -31, -30, -12, -8, -7, -1, 0)}
    assert {days: keys for days, keys in found.items() if keys} == {
        -90: [f"{kind}:90"],
        -30: [f"{kind}:30"],
        -7: [f"{kind}:7"],
    }


@pytest.mark.parametrize(("days", "stage"), [(-80, "90"), (-20, "30"), (0, "7")])
async def test_a_late_run_tells_only_what_is_nearest(agreed: Agreement, days: int, stage: str) -> None:
    assert [await told(agreed, days) for _ in range(2)] == [[f"expiry:{stage}"], []]


async def test_without_grace_the_end_is_told_once_and_at_most_ten_days_late(agreed: Agreement) -> None:
    assert await told(agreed, 11) == []
    assert [await told(agreed, days) for days in (10, 1, 2)] == [["expiry:ended"], [], []]


async def test_with_grace_there_is_a_last_chance(agreed: Agreement) -> None:
    await fetch_rows(agreed.world.database, "update contracts set grace_days = 30 where id = $1", agreed.contract)
    found = {days: await told(agreed, days) for days in (1, 22, 23, 29, 30, 31)}
    assert {days: keys for days, keys in found.items() if keys} == {1: ["expiry:ended"], 23: ["expiry:last_chance"]}


async def test_in_a_long_grace_the_end_is_told_at_most_ten_days_late(agreed: Agreement) -> None:
    await fetch_rows(agreed.world.database, "update contracts set grace_days = 30 where id = $1", agreed.contract)
    assert [await told(agreed, days) for days in (11, 10)] == [[], ["expiry:ended"]]


async def test_a_late_run_in_the_grace_tells_only_the_last_chance(agreed: Agreement) -> None:
    await fetch_rows(agreed.world.database, "update contracts set grace_days = 5 where id = $1", agreed.contract)
    assert [await told(agreed, days) for days in (6, 4, 4)] == [["expiry:ended"], ["expiry:last_chance"], []]


async def test_nothing_is_told_of_a_term_that_was_renewed(agreed: Agreement) -> None:
    ends = await renew(agreed)
    assert [await told(agreed, days) for days in (-80, -20, -5, 0, 1, 10)] == [[]] * 6
    left = (ends - day(0)).days
    assert await told(agreed, left - 30) == [f"expiry:{agreed.subscription}:2:30"]


async def test_a_subscription_that_is_to_be_renewed_never_expires(agreed: Agreement) -> None:
    await agreed.auto_renew(on=True)
    assert [await told(agreed, days) for days in (1, 5)] == [[], []]


async def test_whether_it_renews_itself_counts_on_the_day(agreed: Agreement) -> None:
    await agreed.auto_renew(on=True)
    assert await told(agreed, -30) == ["renewal:30"]
    await agreed.auto_renew(on=False)
    assert await told(agreed, -29) == ["expiry:30"]


async def test_nobody_is_told_on_the_first_day_of_a_short_term(agreed: Agreement) -> None:
    short = await agree(agreed.world, starts=100, ends=130)
    assert [await told(short, days) for days in (100, 101, 122)] == [[], [], []]
    assert await told(short, 123) == ["expiry:7"]


async def test_workers_that_run_at_once_tell_each_person_once(agreed: Agreement) -> None:
    await fetch_rows(agreed.world.database, "update contracts set contact_id = null where id = $1", agreed.contract)
    await agreed.invoice(day(-40))
    runs = (announce(workspace(agreed.world.database), CALENDAR, day(-7)) for _ in range(4))
    assert sum(await asyncio.gather(*runs)) == 4
    rows = await fetch_rows(agreed.world.database, "select user_id, kind from notices where team_id = $1", agreed.team)
    assert sorted(tuple(row) for row in rows) == sorted(
        (who.id, kind) for who in (agreed.contact, agreed.other) for kind in ("expiry", "payment_overdue")
    )


async def test_an_unpaid_invoice_is_told_once_and_then_every_14_days_at_most(agreed: Agreement) -> None:
    invoice = await agreed.invoice(day(100))
    found = {days: await told(agreed, days) for days in (100, 103, 104, 116, 117, 131, 145, 144)}
    assert {days: keys for days, keys in found.items() if keys} == {
        103: [f"payment_overdue:{invoice}:0"],
        117: [f"payment_overdue:{invoice}:3"],
        131: [f"payment_overdue:{invoice}:17"],
        145: [f"payment_overdue:{invoice}:31"],
    }
    await fetch_rows(agreed.world.database, "update invoices set paid = 1, credited = total - 1 where id = $1", invoice)
    assert await told(agreed, 200) == []


async def test_each_notice_is_audited_without_what_it_says(agreed: Agreement) -> None:
    await told(agreed, -7)
    [(notice, *row)] = await fetch_rows(agreed.world.database, AUDITED, agreed.team)
    assert notice.startswith("notice_")
    assert row == ["job calendar", "mails:queue", agreed.contact.id]
