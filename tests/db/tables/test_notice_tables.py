"""The constraints of notices and of what people want to get refuse wrong rows, whatever the code does."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from domain.roles import Role
from tests.support.world import World


@pytest.fixture(scope="module")
async def names(world: World) -> dict[str, str]:
    """A team with the contract manager Ada, who was told of one event and wants nothing of one kind."""
    team = await world.team()
    ada, stranger = await world.member(team, Role.CONTRACT_MANAGER), await world.person()
    values = {"team": team, "ada": ada.id, "product": await world.product(), "fallen": await world.product()}
    async with world.engine.begin() as connection:
        known = NOTICE.format(id=f"notice_{team}", key=team, values="'renewal', 'at_once', null, 'sent', null")
        preference = PREFERENCE.format(who="ada", values="'renewal', 'off'")
        for statement in (known, preference, LOW_POOL.format(product=":fallen", falls=1)):
            used = {name: value for name, value in values.items() if f":{name}" in statement}
            await connection.execute(text(statement), used)
    return {**values, "stranger": stranger.id}


NOTICE = """
insert into notices (team_id, id, user_id, event_key, data, kind, delivery, digest_id, mail_state, mail_reason)
values (:team, '{id}', :ada, '{key}', '{{}}', {values})
"""
SECOND = """
insert into notices (team_id, id, user_id, event_key, data, kind, delivery)
values (:team, 'notice_y', :ada, :team, '{}', 'renewal', 'at_once')
"""
ANNOUNCEMENT = "insert into announcements (id, subject, text, sent_by) values ('{id}', {subject}, {text}, 'x')"
LOW_POOL = "insert into low_pools (team_id, product_id, falls, is_low) values (:team, {product}, {falls}, true)"
PREFERENCE = "insert into notice_preferences (team_id, user_id, kind, delivery) values (:team, :{who}, {values})"


def notice(values: str, id_: str = "notice_x") -> str:
    """A statement that inserts a notice."""
    return NOTICE.format(id=id_, key="x", values=values)


# Statements by what they try, and the constraint that must refuse each of them.
REFUSED = {
    "a second notice of one event for one person": (
        SECOND,
        "uq_notices_event_key_user_id",
    ),
    "a notice of an unknown kind": (notice("'luck', 'at_once', null, 'queued', null"), "ck_notices_kind"),
    "a notice that nobody gets": (notice("'renewal', 'off', null, 'queued', null"), "ck_notices_delivery"),
    "a notice at once in a digest": (notice("'renewal', 'at_once', 'notice_y', 'queued', null"), "ck_notices_digest"),
    "a notice whose mail is in an unknown state": (
        notice("'renewal', 'at_once', null, 'lost', null"),
        "ck_notices_mail_state",
    ),
    "a notice whose mail was refused without a reason": (
        notice("'renewal', 'at_once', null, 'refused', null"),
        "ck_notices_mail_reason",
    ),
    "a notice that was refused for a long reason": (
        notice("'renewal', 'at_once', null, 'refused', repeat('x', 501)"),
        "ck_notices_mail_reason_length",
    ),
    "a notice with another type's id": (
        notice("'renewal', 'at_once', null, 'queued', null", "x"),
        "ck_notices_id_prefix",
    ),
    "an announcement without a subject": (
        ANNOUNCEMENT.format(id="announcement_x", subject="''", text="'x'"),
        "ck_announcements_subject",
    ),
    "an announcement with a long text": (
        ANNOUNCEMENT.format(id="announcement_x", subject="'x'", text="repeat('x', 10001)"),
        "ck_announcements_text",
    ),
    "an announcement with another type's id": (
        ANNOUNCEMENT.format(id="x", subject="'x'", text="'x'"),
        "ck_announcements_id_prefix",
    ),
    "a pool that is low and never fell": (LOW_POOL.format(product=":product", falls=0), "ck_low_pools_falls"),
    "a pool twice": (LOW_POOL.format(product=":fallen", falls=2), "pk_low_pools"),
    "a pool of no product": (LOW_POOL.format(product="'product_x'", falls=1), "fk_low_pools_product_id"),
    "a wish for an unknown kind of notices": (
        PREFERENCE.format(who="ada", values="'luck', 'off'"),
        "ck_notice_preferences_kind",
    ),
    "a wish for an unknown way": (
        PREFERENCE.format(who="ada", values="'expiry', 'pigeon'"),
        "ck_notice_preferences_delivery",
    ),
    "two wishes for one kind of notices": (
        PREFERENCE.format(who="ada", values="'renewal', 'digest'"),
        "pk_notice_preferences",
    ),
    "a wish of a person who is no member": (
        PREFERENCE.format(who="stranger", values="'renewal', 'off'"),
        "fk_notice_preferences_team_id_user_id",
    ),
}


@pytest.mark.parametrize(("statement", "constraint"), REFUSED.values(), ids=REFUSED.keys())
async def test_the_constraint_refuses_the_statement(
    world: World, names: dict[str, str], statement: str, constraint: str
) -> None:
    used = {name: value for name, value in names.items() if f":{name}" in statement}
    before = await world.fingerprint()
    with pytest.raises(DBAPIError) as refused:
        async with world.engine.begin() as connection:
            await connection.execute(text(statement), used)
    assert f'constraint "{constraint}"' in str(refused.value.orig)
    assert await world.fingerprint() == before
