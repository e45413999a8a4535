"""The constraints of invitations, the waiting list and seat requests refuse wrong rows, whatever the code does."""

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from db.tables.groups import GroupProduct
from db.tables.seats import Wait
from tests.support.world import World

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
async def names(world: World) -> dict[str, str]:
    """A team with Ada, Bob, the invited Grace, a person who waits for `product`, and a group that gives `product`."""
    team = await world.team()
    ada, bob, waiting = [(await world.member(team)).id for _ in range(3)]
    stranger, grace = await world.person(), await world.invited_member(team)
    product, giving_group = await world.pool(team, 3), await world.group(team)
    group_product = {"team_id": team, "group_id": giving_group, "product_id": product, "given_by": ada}
    await world.insert(GroupProduct, group_product)
    wait = {"team_id": team, "product_id": product, "user_id": waiting, "kind": "direct", "queued_by": ada}
    await world.insert(Wait, wait)
    return {
        "team": team,
        "ada": ada,
        "bob": bob,
        "stranger": stranger.id,
        "grace": grace.id,
        "waiting": waiting,
        "product": product,
        "giving_group": giving_group,
        "foreign_group": await world.group(await world.team()),
    }


INVITE_OF = """
insert into invitations (team_id, id, user_id, email, first_name, last_name, role, invited_by, expires_at)
values (:team, 'invite_x', :{who}, 'g@x', 'G', 'H', 'user', :ada, now() + interval '1 day')
"""
WAIT = """
insert into waits (team_id, product_id, user_id, kind, group_id, queued_by)
values (:team, :product, {values}, :ada)
"""
REQUEST = """
insert into seat_requests (team_id, id, product_id, user_id, state, answered_at, answered_by, answer)
values (:team, 'request_x', :product, :{who}, {values})
"""

MAILED_REQUEST = """
insert into seat_requests (team_id, id, product_id, user_id, state, answered_at, answered_by, mail_state, mail_reason)
values (:team, 'request_x', :product, :bob, {values})
"""

# Statements by what they try, and the constraint that must refuse each of them.
REFUSED = {
    "an invitation of a person without a membership": (
        INVITE_OF.format(who="stranger"),
        "fk_invitations_team_id_user_id",
    ),
    "a second open invitation": (INVITE_OF.format(who="grace"), "uq_invitations_open"),
    "an invitation with another type's id": (
        INVITE_OF.format(who="bob").replace("invite_x", "x"),
        "ck_invitations_id_prefix",
    ),
    "an invitation with an unknown role": (
        INVITE_OF.format(who="bob").replace("'user'", "'owner'"),
        "ck_invitations_role",
    ),
    "an invitation that expires when it is created": (
        INVITE_OF.format(who="bob").replace("now() + interval '1 day'", "now()"),
        "ck_invitations_term",
    ),
    "an invitation that is sent without a token": (
        "update invitations set sent_at = now(), mail_state = 'sent' where user_id = :grace",
        "ck_invitations_sent",
    ),
    "an invitation that is accepted and revoked": (
        "update invitations set accepted_at = now(), revoked_at = now() where user_id = :grace",
        "ck_invitations_ended_once",
    ),
    "an invitation whose mail is in an unknown state": (
        "update invitations set mail_state = 'lost' where user_id = :grace",
        "ck_invitations_mail_state",
    ),
    "an invitation whose mail was sent at no time": (
        "update invitations set mail_state = 'sent' where user_id = :grace",
        "ck_invitations_mail_sent",
    ),
    "an invitation whose mail was refused without a reason": (
        "update invitations set mail_state = 'refused' where user_id = :grace",
        "ck_invitations_mail_reason",
    ),
    "an invitation whose mail was refused for a long reason": (
        "update invitations set mail_state = 'refused', mail_reason = repeat('x', 501) where user_id = :grace",
        "ck_invitations_mail_reason_length",
    ),
    "deleting a group that gives a product": (
        "delete from groups where id = :giving_group",
        "fk_group_products_team_id_group_id",
    ),
    "a wait of a person who is not a member": (
        WAIT.format(values=":stranger, 'direct', null"),
        "fk_waits_team_id_user_id",
    ),
    "a wait for one reason twice": (
        WAIT.format(values=":bob, 'direct', null") + ", (:team, :product, :bob, 'direct', null, :ada)",
        "uq_waits_team_id_product_id_user_id_kind_group_id",
    ),
    "a wait of an unknown kind": (WAIT.format(values=":bob, 'luck', null"), "ck_waits_kind"),
    "a wait for a group without its group": (WAIT.format(values=":bob, 'group', null"), "ck_waits_group"),
    "a wait for another team's group": (
        WAIT.format(values=":bob, 'group', :foreign_group"),
        "fk_waits_team_id_group_id",
    ),
    "removing a member who is on the waiting list": (
        "delete from memberships where team_id = :team and user_id = :waiting",
        "fk_waits_team_id_user_id",
    ),
    "two open requests of one person for one product": (
        REQUEST.format(who="bob", values="'open', null, null, null")
        + ", (:team, 'request_y', :product, :bob, 'open', null, null, null)",
        "uq_seat_requests_open",
    ),
    "a request in an unknown state": (
        REQUEST.format(who="bob", values="'lost', now(), :ada, null"),
        "ck_seat_requests_state",
    ),
    "a request that is granted, but at no time": (
        REQUEST.format(who="bob", values="'granted', null, :ada, null"),
        "ck_seat_requests_answered",
    ),
    "a request that is answered, but by nobody": (
        REQUEST.format(who="bob", values="'denied', now(), null, null"),
        "ck_seat_requests_answered_by",
    ),
    "an answer to an open request": (
        REQUEST.format(who="bob", values="'open', null, null, 'no'"),
        "ck_seat_requests_answer",
    ),
    "a mail about an open request": (
        MAILED_REQUEST.format(values="'open', null, null, 'queued', null"),
        "ck_seat_requests_mail",
    ),
    "a request whose mail is in an unknown state": (
        MAILED_REQUEST.format(values="'denied', now(), :ada, 'lost', null"),
        "ck_seat_requests_mail_state",
    ),
    "a request whose mail was refused without a reason": (
        MAILED_REQUEST.format(values="'denied', now(), :ada, 'refused', null"),
        "ck_seat_requests_mail_reason",
    ),
    "a request without a mail that was refused": (
        MAILED_REQUEST.format(values="'denied', now(), :ada, null, 'x'"),
        "ck_seat_requests_mail_reason",
    ),
    "a request whose mail was refused for a long reason": (
        MAILED_REQUEST.format(values="'denied', now(), :ada, 'refused', repeat('x', 501)"),
        "ck_seat_requests_mail_reason_length",
    ),
    "a request with another type's id": (
        REQUEST.format(who="bob", values="'open', null, null, null").replace("request_x", "x"),
        "ck_seat_requests_id_prefix",
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


async def test_an_invitation_is_deleted_with_the_membership(world: World) -> None:
    team = await world.team()
    grace = await world.invited_member(team)
    async with world.engine.begin() as connection:
        await connection.execute(text("delete from memberships where user_id = :grace"), {"grace": grace.id})
        left = await connection.execute(text("select id from invitations where user_id = :grace"), {"grace": grace.id})
        assert left.all() == []
