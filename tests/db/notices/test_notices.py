"""The people who are told about an event of a contract. Nobody is told twice."""

import asyncio
from datetime import timedelta
from itertools import chain

import pytest

from db.notices import notices
from domain.notices import Delivery, NoticeKind
from domain.roles import Role
from tests.support.database import committed, fetch_rows
from tests.support.notices import Agreement, agree, one_row
from tests.support.queued_mails import queued
from tests.support.world import World

AGE = "update notices set created_at = now() - $2::interval where team_id = $1"


@pytest.fixture
async def agreed(world: World) -> Agreement:
    """A new contract with its contact person and another contract manager."""
    return await agree(world)


async def told(agreed: Agreement, *extra: str) -> list[str]:
    """The ids of the people who are told about a new event."""
    return [one.user_id for one in await agreed.queue(agreed.renewal("renewal:" + agreed.contract + "".join(extra)))]


async def test_the_contact_person_is_told_and_gets_a_mail(agreed: Agreement) -> None:
    [notice] = await agreed.queue(agreed.renewal())
    assert (notice.user_id, notice.at_once) == (agreed.contact.id, True)
    assert await queued(agreed.world, notice.id) == [{"team_id": agreed.team, "notice_id": notice.id}]
    row = "select kind, event_key, delivery, mail_state from notices where id = $1"
    expected = ("renewal", f"renewal:{agreed.subscription}:1:30", "at_once", "queued")
    assert await one_row(agreed.world, row, notice.id) == expected


async def test_nobody_is_told_of_an_event_twice(agreed: Agreement) -> None:
    assert [len(await agreed.queue(agreed.renewal())) for _ in range(2)] == [1, 0]
    await agreed.prefer(agreed.other, NoticeKind.RENEWAL, Delivery.AT_ONCE)
    assert [one.user_id for one in await agreed.queue(agreed.renewal())] == [agreed.other.id]


async def test_workers_that_queue_the_same_events_at_once_tell_each_person_once(agreed: Agreement) -> None:
    events = [agreed.renewal(f"{agreed.subscription}:{n}") for n in range(20)]
    await agreed.prefer(agreed.other, NoticeKind.RENEWAL, Delivery.DIGEST)
    found = await asyncio.gather(*(agreed.queue(*order) for order in (events, events[::-1], events[5:] + events[:5])))
    assert sum(map(len, found)) == 40
    assert {(one.event_key, one.user_id) for one in chain(*found)} == {
        (event.event_key, who.id) for event in events for who in (agreed.contact, agreed.other)
    }


@pytest.mark.parametrize("how", ["no contact", "left", "demoted"])
async def test_without_a_contact_person_all_contract_managers_are_told(agreed: Agreement, how: str) -> None:
    pending = await agreed.world.invited_member(agreed.team, Role.CONTRACT_MANAGER)
    coordinator = await agreed.world.member(agreed.team, Role.SOFTWARE_COORDINATOR)
    if how == "no contact":
        await fetch_rows(agreed.world.database, "update contracts set contact_id = null where id = $1", agreed.contract)
    elif how == "left":
        await agreed.world.leave(agreed.team, agreed.contact.id)
    else:
        await agreed.world.set_role(agreed.team, agreed.contact.id, Role.SOFTWARE_COORDINATOR)
    remaining = {agreed.other.id} | ({agreed.contact.id} if how == "no contact" else set())
    assert set(await told(agreed)) == remaining
    assert not remaining & {pending.id, coordinator.id}


@pytest.mark.parametrize("kind", NoticeKind)
async def test_the_contact_person_cannot_switch_off_what_they_must_get(agreed: Agreement, kind: NoticeKind) -> None:
    await agreed.prefer(agreed.contact, kind, Delivery.OFF)
    await agreed.prefer(agreed.other, kind, Delivery.OFF)
    found = await agreed.queue(agreed.renewal()._replace(kind=kind))
    assert [(one.user_id, one.at_once) for one in found] == ([(agreed.contact.id, True)] if kind.required else [])


async def test_if_all_contract_managers_take_the_place_of_the_contact_person_none_can_switch_it_off(
    agreed: Agreement,
) -> None:
    await agreed.world.leave(agreed.team, agreed.contact.id)
    await agreed.prefer(agreed.other, NoticeKind.RENEWAL, Delivery.OFF)
    assert await told(agreed) == [agreed.other.id]


async def test_without_a_contract_all_contract_managers_are_told(agreed: Agreement) -> None:
    found = await agreed.queue(agreed.auto_renew_changed()._replace(contract_id=None))
    assert {one.user_id for one in found} == {agreed.contact.id, agreed.other.id}


async def test_a_preference_counts_in_its_own_team_and_for_its_own_kind(agreed: Agreement) -> None:
    elsewhere = await agree(agreed.world)
    await agreed.world.member(elsewhere.team, Role.CONTRACT_MANAGER, agreed.other)
    await elsewhere.prefer(agreed.other, NoticeKind.RENEWAL, Delivery.AT_ONCE)
    await agreed.prefer(agreed.other, NoticeKind.EXPIRY, Delivery.AT_ONCE)
    assert await told(agreed) == [agreed.contact.id]


async def test_a_digest_has_all_notices_of_a_person_from_before_today_once(agreed: Agreement) -> None:
    for who in (agreed.contact, agreed.other):
        await agreed.prefer(who, NoticeKind.RENEWAL, Delivery.DIGEST)
    found = await agreed.queue(*(agreed.renewal(f"{agreed.subscription}:{n}") for n in range(3)))
    assert {one.at_once for one in found} == {False}
    assert [await queued(agreed.world, one.id) for one in found] == [[]] * 6
    mine = {agreed.contact.id, agreed.other.id}

    async def collected() -> list[str]:
        digests = await committed(agreed.world.database, notices.queue_digests)
        return sorted(one.user_id for one in digests if one.user_id in mine)

    assert await collected() == []
    await fetch_rows(agreed.world.database, AGE, agreed.team, timedelta(days=1))
    assert sorted(chain(*await asyncio.gather(*(collected() for _ in range(4))))) == sorted(mine)
    digests = "select user_id, digest_id, count(*) from notices where team_id = $1 group by 1, 2 order by 1"
    rows = await fetch_rows(agreed.world.database, digests, agreed.team)
    assert [(user, digest is not None, count) for user, digest, count in rows] == [
        (one, True, 3) for one in sorted(mine)
    ]
    assert await collected() == []


async def test_the_preferences_of_a_person_who_leaves_the_team_are_deleted(agreed: Agreement) -> None:
    await agreed.prefer(agreed.other, NoticeKind.RENEWAL, Delivery.AT_ONCE)
    await agreed.queue(agreed.renewal())
    await agreed.world.leave(agreed.team, agreed.other.id)
    left = "select from notice_preferences where user_id = $1"
    assert await fetch_rows(agreed.world.database, left, agreed.other.id) == []
