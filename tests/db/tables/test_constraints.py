"""The constraints of the tables refuse wrong rows, whatever the code above them does."""

from itertools import product

import pytest
from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.exc import DBAPIError

from db.tables.metadata import METADATA
from db.tables.people import EXTERNAL_ID
from domain.actions import Scope
from domain.roles import Role
from domain.sign_in_methods import SignInMethod
from domain.text import external_id
from resolvers.access.session_delivery import SessionDelivery
from tests.db.tables import test_billing_tables, test_contract_tables, test_invitation_tables, test_notice_tables
from tests.support import passkeys
from tests.support.subscriptions import day, make_contract, make_subscription, schedule
from tests.support.world import World


@pytest.fixture(scope="module")
async def names(world: World) -> dict[str, object]:
    """Two teams, `team` and `other`. Ada and Bob are in `team`. Ada holds `seat` of `product`; `free` is available."""
    team, other = await world.team(), await world.team()
    ada, bob = await world.member(team), await world.member(team)
    stranger = await world.person()
    product, software = await world.pool(team, 3), await world.product()
    seat = await world.give_seat(team, product, ada.id)
    group, foreign_group = await world.group(team, "Design"), await world.group(other)
    token, _ = await world.token(team, ada.id, Scope.SEATS_READ)
    async with world.engine.connect() as connection:
        free = text("select id, subscription_id from seats where team_id = :team and holder_id is null order by id")
        rows = (await connection.execute(free, {"team": team})).all()
        member = text("select id from memberships where team_id = :team and user_id = :ada")
        membership = (await connection.execute(member, {"team": team, "ada": ada.id})).scalar_one()
    return {
        "team": team,
        "other": other,
        "ada": ada.id,
        "ada_email": ada.email,
        "bob": bob.id,
        "stranger": stranger.id,
        "product": product,
        "software": software,
        "seat": seat,
        "free": rows[0].id,
        "subscription": rows[0].subscription_id,
        "group": group,
        "foreign_group": foreign_group,
        "token": token,
        "membership": membership,
    }


SEAT = "insert into seats (team_id, id, product_id, subscription_id) values ({team}, {id}, :product, :subscription)"
USE = "insert into seat_usage values (:team, :seat, :ada, date '2026-01-{day}', {minutes}, {sessions}, now())"
PERIOD = """
insert into seat_history (team_id, seat_id, product_id, holder_id, started_at, started_by, ended_at, ended_by)
values (:team, :free, :product, :ada, now(), :ada, {ended})
"""
TOKEN = """
insert into partner_tokens (team_id, id, name, token_hash, scopes, grantor_id, expires_at)
values (:team, '{id}', 'x', '\\x{hash}', {scopes}, :ada, now())
"""
SOURCE = "insert into seat_sources (team_id, seat_id, holder_id, kind, group_id) values (:team, :seat, {values})"
RESET = "insert into password_resets (id, user_id, token_hash, expires_at) values ('{id}', :ada, '\\x{hash}', now())"
CHANGE = """
insert into email_changes (id, user_id, old_email, new_email, expires_at, confirmed_at)
values ('{id}', :ada, '', '', now(), {confirmed})
"""
CHALLENGE = """
insert into sign_in_challenges (id, user_id, token_hash, method, delivery, tries, expires_at, issuer)
values ('challenge_x', :ada, '', '{method}', '{delivery}', {tries}, now(), {issuer})
"""
IDENTITY = (
    "insert into identities (id, issuer, subject, user_id) values ('{id}', 'https://x.example', {subject}, {user})"
)
PASSKEY = """
insert into passkeys (id, user_id, credential_id, public_key, sign_count, transports, device, name)
values ('{id}', :ada, {credential}, '', {count}, '{{}}', '{device}', '')
"""
AUDIT = """
with policy as (
    insert into policies (hash, text) values (encode(sha256(''), 'hex'), '') on conflict (hash) do nothing
)
insert into audit_events (actor_kind, action, before, after, facts, policy_hash, request_id)
values ('{kind}', 'x', '{{}}', '{{}}', '[]', encode(sha256(''), 'hex'), '')
"""

# Statements by what they try, and the constraint that must refuse each of them.
REFUSED = {
    "a second seat of one product for one person": (
        "update seats set holder_id = :ada, assigned_at = now() where id = :free",
        "uq_seats_holder",
    ),
    "a seat for a person who is not a member": (
        "update seats set holder_id = :stranger, assigned_at = now() where id = :free",
        "fk_seats_team_id_holder_id",
    ),
    "a holder without a time of assignment": (
        "update seats set holder_id = :bob where id = :free",
        "ck_seats_assigned",
    ),
    "a time of assignment without a holder": (
        "update seats set assigned_at = now() where id = :free",
        "ck_seats_assigned",
    ),
    "a seat of a product that its subscription is not for": (
        "update seats set product_id = :software where id = :free",
        "fk_seats_team_id_product_id_subscription_id",
    ),
    "a seat of another team's subscription": (
        SEAT.format(team=":other", id="'seat_x'"),
        "fk_seats_team_id_product_id_subscription_id",
    ),
    "a seat id twice": (
        SEAT.format(team=":team", id=":seat"),
        "pk_seats",
    ),
    "a seat with another type's id": (
        SEAT.format(team=":team", id="'user_x'"),
        "ck_seats_id_prefix",
    ),
    "unassigning a seat without deleting its source": (
        "update seats set holder_id = null, assigned_at = null where id = :seat",
        "fk_seat_sources_team_id_seat_id_holder_id",
    ),
    "reassigning a seat without deleting its source": (
        "update seats set holder_id = :bob where id = :seat",
        "fk_seat_sources_team_id_seat_id_holder_id",
    ),
    "a source for a person who is not the holder": (
        SOURCE.format(values=":bob, 'default', null"),
        "fk_seat_sources_team_id_seat_id_holder_id",
    ),
    "a direct source twice": (
        SOURCE.format(values=":ada, 'direct', null"),
        "uq_seat_sources_team_id_seat_id_kind_group_id",
    ),
    "a session that began in an unknown way": ("update sessions set method = 'luck'", "ck_sessions_method"),
    "a session with a long story of its device": ("update sessions set device = repeat('x', 61)", "ck_sessions_origin"),
    "a sign-up in an unknown language": (
        """
insert into sign_ups (id, email, first_name, last_name, password_hash, expires_at, language)
values ('signup_x', '', '', '', '', now(), 'xx')
""",
        "ck_sign_ups_language",
    ),
    "a deleted account with names": (
        "update users set deleted_at = now() where id = :stranger",
        "ck_users_erased",
    ),
    "a link to set a password in an unknown language": (
        "insert into password_resets (id, email, expires_at, language) values ('reset_x', '', now(), 'xx')",
        "ck_password_resets_language",
    ),
    "a person who reads an unknown language": ("update users set language = 'xx' where id = :ada", "ck_users_language"),
    "a source of an unknown kind": (SOURCE.format(values=":ada, 'luck', null"), "ck_seat_sources_kind"),
    "a group source without its group": (SOURCE.format(values=":ada, 'group', null"), "ck_seat_sources_group"),
    "a default source with a group": (SOURCE.format(values=":ada, 'default', :group"), "ck_seat_sources_group"),
    "a source with another team's group": (
        SOURCE.format(values=":ada, 'group', :foreign_group"),
        "fk_seat_sources_team_id_group_id",
    ),
    "a second open period of a seat": (
        PERIOD.format(ended="null, null").replace(":free", ":seat"),
        "uq_seat_history_open",
    ),
    "a period that ends before it starts": (
        PERIOD.format(ended="now() - interval '1 day', :ada"),
        "ck_seat_history_order",
    ),
    "a period that ended, but by nobody": (PERIOD.format(ended="now(), null"), "ck_seat_history_ended"),
    "a period that somebody ended, but at no time": (PERIOD.format(ended="null, :ada"), "ck_seat_history_ended"),
    "deleting a seat that has a history": (
        "delete from seats where id = :seat",
        "fk_seat_history_team_id_seat_id",
    ),
    "removing a member who holds a seat": (
        "delete from memberships where team_id = :team and user_id = :ada",
        "fk_seats_team_id_holder_id",
    ),
    "an unknown role": ("update memberships set role = 'owner' where id = :membership", "ck_memberships_role"),
    "a membership twice": (
        "insert into memberships (team_id, user_id, id, role) values (:team, :ada, 'member_x', 'user')",
        "pk_memberships",
    ),
    "a membership with another type's id": (
        "insert into memberships (team_id, user_id, id, role) values (:team, :stranger, 'user_x', 'user')",
        "ck_memberships_id_prefix",
    ),
    "a membership of an account that does not exist": (
        "insert into memberships (team_id, user_id, id, role) values (:team, 'user_none', 'member_x', 'user')",
        "fk_memberships_user_id",
    ),
    "an e-mail address twice, whatever its case": (
        "insert into users (id, email, first_name, last_name) values ('user_x', upper(:ada_email), '', '')",
        "uq_users_email_lower",
    ),
    "an external id with a blank at its end": (
        "update memberships set external_id = 'E1 ' where id = :membership",
        "ck_memberships_external_id",
    ),
    "an external id twice in a team": (
        "update memberships set external_id = 'E1' where team_id = :team",
        "uq_memberships_external_id",
    ),
    "an account with another type's id": (
        "insert into users (id, email, first_name, last_name) values ('seat_x', 'x', '', '')",
        "ck_users_id_prefix",
    ),
    "a group's name twice, whatever its case": (
        "insert into groups (team_id, id, name, name_fold) values (:team, 'group_x', 'dESIGN', 'design')",
        "uq_groups_team_id_name_fold",
    ),
    "a team's name twice, whatever its case": (
        "insert into teams (id, name, name_fold) select 'team_x', upper(name), name_fold from teams where id = :team",
        "uq_teams_name_fold",
    ),
    "a group member who is not in the team": (
        "insert into group_members values (:team, :group, :stranger)",
        "fk_group_members_team_id_user_id",
    ),
    "a subscription that ends before it starts": (
        "update subscriptions set starts_on = ends_on + 1",
        "ck_subscriptions_term",
    ),
    "a product's name twice": (
        "insert into products select 'product_x', name, '' from products where id = :product",
        "uq_products_name",
    ),
    "a negative number of minutes": (USE.format(day=1, minutes=-1, sessions=1), "ck_seat_usage_minutes"),
    "more minutes than a day has": (USE.format(day=1, minutes=1441, sessions=1), "ck_seat_usage_minutes"),
    "usage without a session": (USE.format(day=1, minutes=1, sessions=0), "ck_seat_usage_sessions"),
    "usage of one day twice": (
        f"{USE.format(day=1, minutes=1, sessions=1)}, (:team, :seat, :ada, date '2026-01-01', 1, 1, now())",
        "pk_seat_usage",
    ),
    "an unknown scope": (
        TOKEN.format(id="token_x", hash="00", scopes="array['seats:read', 'seats:sell']"),
        "ck_partner_tokens_scopes",
    ),
    "a token without a scope": (
        TOKEN.format(id="token_x", hash="00", scopes="array[]::text[]"),
        "ck_partner_tokens_scopes_given",
    ),
    "a token with another type's id": (
        TOKEN.format(id="x", hash="00", scopes="array['seats:read']"),
        "ck_partner_tokens_id_prefix",
    ),
    "a token hash twice": (
        TOKEN.format(id="token_x", hash="00", scopes="array['seats:read']")
        + ", (:team, 'token_y', 'y', '\\x00', array['seats:read'], :ada, now())",
        "uq_partner_tokens_token_hash",
    ),
    "a token of a person who is not a member": (
        TOKEN.format(id="token_x", hash="00", scopes="array['seats:read']").replace(":ada", ":stranger"),
        "fk_partner_tokens_team_id_active_grantor_id",
    ),
    "a secret before a rotation without an end": (
        "update partner_tokens set previous_hash = '\\x01'",
        "ck_partner_tokens_previous",
    ),
    "a notice of a token's end on another day": (
        "update partner_tokens set notice_days = 7",
        "ck_partner_tokens_notice_days",
    ),
    "a sign-up that was used without a link": (
        "insert into sign_ups values ('signup_x', '', '', '', '', null, now(), now(), now())",
        "ck_sign_ups_used",
    ),
    "a link to set a password with a token, but without an account": (
        "insert into password_resets (id, email, token_hash, expires_at) values ('reset_x', '', '\\x00', now())",
        "ck_password_resets_token",
    ),
    "a link to set a password that is used, but of no account": (
        "insert into password_resets (id, email, expires_at, used_at) values ('reset_x', '', now(), now())",
        "ck_password_resets_account",
    ),
    "a change of an address that is confirmed without a link": (
        CHANGE.format(id="change_x", confirmed="now()"),
        "ck_email_changes_confirmed",
    ),
    "a second change of an address that waits for its link": (
        CHANGE.format(id="change_x", confirmed="null") + ", ('change_y', :ada, '', '', now(), null)",
        "uq_email_changes_waiting",
    ),
    "an authenticator app that counts before a code was used": (
        "insert into authenticators values (:ada, '', now(), now(), null)",
        "ck_authenticators_confirmed",
    ),
    "a sixth try of a challenge": (
        CHALLENGE.format(method="link", delivery="bearer", tries=6, issuer="null"),
        "ck_sign_in_challenges_tries",
    ),
    "a challenge that adds an issuer without a subject": (
        CHALLENGE.format(method="link", delivery="bearer", tries=0, issuer="'a'"),
        "ck_sign_in_challenges_identity",
    ),
    "a challenge whose first step was done in an unknown way": (
        CHALLENGE.format(method="luck", delivery="bearer", tries=0, issuer="null"),
        "ck_sign_in_challenges_method",
    ),
    "a challenge with an unknown delivery": (
        CHALLENGE.format(method="link", delivery="pigeon", tries=0, issuer="null"),
        "ck_sign_in_challenges_delivery",
    ),
    "last seats below 1": ("update teams set last_seats_below = 0 where id = :team", "ck_teams_last_seats_below"),
    "last seats above the most seats": (
        "update teams set last_seats_below = 100001 where id = :team",
        "ck_teams_last_seats_below",
    ),
    "a team with an unknown language": ("update teams set language = 'xx' where id = :team", "ck_teams_language"),
    "a second unused link to set a password": (
        RESET.format(id="reset_x", hash="00") + ", ('reset_y', :ada, '\\x01', now())",
        "uq_password_resets_unused",
    ),
    "an identity of a person at a provider twice": (
        IDENTITY.format(id="identity_x", subject="'s'", user=":ada")
        + ", ('identity_y', 'https://x.example', 's', :bob)",
        "uq_identities_issuer_subject",
    ),
    "a second identity of an issuer for one account": (
        IDENTITY.format(id="identity_x", subject="'s'", user=":ada")
        + ", ('identity_y', 'https://x.example', 't', :ada)",
        "uq_identities_user_id_issuer",
    ),
    "an identity without a subject": (
        IDENTITY.format(id="identity_x", subject="''", user=":ada"),
        "ck_identities_subject_length",
    ),
    "a passkey without the id of its device": (
        PASSKEY.format(id="passkey_x", credential="''", count=0, device="built_in"),
        "ck_passkeys_credential_id",
    ),
    "a passkey whose id of its device is too long": (
        PASSKEY.format(id="passkey_x", credential="convert_to(repeat('x', 1024), 'UTF8')", count=0, device="built_in"),
        "ck_passkeys_credential_id",
    ),
    "a passkey of a device twice": (
        PASSKEY.format(id="passkey_x", credential="'x'", count=0, device="built_in")
        + ", ('passkey_y', :bob, 'x', '', 0, '{}', 'built_in', '')",
        "uq_passkeys_credential_id",
    ),
    "a passkey that was used less than never": (
        PASSKEY.format(id="passkey_x", credential="'x'", count=-1, device="built_in"),
        "ck_passkeys_sign_count",
    ),
    "a passkey that was used more often than a device can count": (
        PASSKEY.format(id="passkey_x", credential="'x'", count=2**32, device="built_in"),
        "ck_passkeys_sign_count",
    ),
    "a passkey of an unknown kind of device": (
        PASSKEY.format(id="passkey_x", credential="'x'", count=0, device="luck"),
        "ck_passkeys_device",
    ),
    "an audit entry with an unknown kind of actor": (AUDIT.format(kind="robot"), "ck_audit_events_actor_kind"),
    "an audit entry of a job without its name": (AUDIT.format(kind="system"), "ck_audit_events_system"),
    "an audit entry of a person with an operating-system user": (
        AUDIT.format(kind="person")
        .replace("(actor_kind,", "(operator, actor_kind,")
        .replace("values ('person", "values ('root', 'person"),
        "ck_audit_events_operator",
    ),
}

OTHERS = (test_invitation_tables, test_contract_tables, test_billing_tables, test_notice_tables)
# The tables whose ids begin with a prefix, but those whose own tests try one. Rows of most of these cannot be changed.
NEVER_CHANGED = {"orders", "invoices", "payments", "credit_notes"}
PREFIXED = [
    table.name
    for table in METADATA.tables.values()
    if "id" in table.columns
    and table.columns["id"].type.python_type is str
    and table.name not in {*NEVER_CHANGED, "notices", "announcements"}
]
# The constraints that no test here tries, by the reason why not.
UNTRIED = {
    "Another test tries it.": ["ck_audit_people_erased", "ck_policies_hash"],
    "It is the target of a foreign key, and contains the columns of another unique constraint.": [
        "uq_seats_team_id_id_holder_id",
        "uq_users_live_id",
        "uq_subscriptions_team_id_product_id_id",
        "uq_contracts_id_currency_grace_days",
        "uq_contracts_team_id_id_currency",
        "uq_orders_team_id_id_kind",
        "uq_contract_teams_contract_id_team_id",
        "uq_subscription_terms_team_id_subscription_id_n_ends_on",
        "uq_orders_team_id_id_contract_id_currency",
    ],
    "Ids and secrets are random.": [
        "uq_email_changes_token_hash",
        "uq_email_changes_undo_hash",
        "uq_invitations_id",
        "uq_invitations_token_hash",
        "uq_memberships_id",
        *(f"uq_{table}_id" for table in sorted(NEVER_CHANGED)),
        "uq_notices_id",
        "uq_partner_tokens_id",
        "uq_partner_tokens_previous_hash",
        "uq_password_resets_token_hash",
        "uq_seat_requests_id",
        "uq_seats_id",
        "uq_sessions_token_hash",
        "uq_sign_in_challenges_token_hash",
        "uq_sign_ups_token_hash",
    ],
    "Only migrations and the demo write the catalogue.": ["uq_releases_product_id_name"],
    "The database counts these numbers.": ["uq_orders_number"],
}


async def refusal(world: World, statement: str, values: dict[str, object]) -> str:
    """Run a statement that PostgreSQL must refuse, and return the error message."""
    used = {name: value for name, value in values.items() if f":{name}" in statement}
    with pytest.raises(DBAPIError) as refused:
        async with world.engine.begin() as connection:
            await connection.execute(text(statement), used)
    return str(refused.value.orig)


@pytest.mark.parametrize(("statement", "constraint"), REFUSED.values(), ids=REFUSED.keys())
async def test_the_constraint_refuses_the_statement(
    world: World, names: dict[str, object], statement: str, constraint: str
) -> None:
    before = await world.fingerprint()
    assert constraint in await refusal(world, statement, names)
    assert await world.fingerprint() == before


def test_every_check_and_every_unique_constraint_is_tried_or_left_out_for_a_reason() -> None:
    refused = (REFUSED, *(one.REFUSED for one in OTHERS))
    tried = {constraint for statements in refused for _, constraint in statements.values()}
    declared = {
        str(one.name)
        for table in METADATA.tables.values()
        for one in [*table.constraints, *(index for index in table.indexes if index.unique)]
        if isinstance(one, CheckConstraint | UniqueConstraint | Index)
    }
    left_out = {constraint for constraints in UNTRIED.values() for constraint in constraints}
    assert declared - tried - {f"ck_{table}_id_prefix" for table in PREFIXED} == left_out
    assert left_out <= declared


@pytest.mark.parametrize("table", PREFIXED)
async def test_an_id_of_another_type_is_refused(world: World, names: dict[str, object], table: str) -> None:
    invitee = await world.invited_member(str(names["team"]))
    await world.request(str(names["team"]), str(names["product"]), invitee.id)
    await world.sign_up("prefix@tests.example", "a password")
    await world.reset(invitee.id)
    await world.challenge(invitee.id)
    await world.email_change(invitee, "prefix.new@tests.example")
    await world.identity(invitee.id)
    await passkeys.device_of(world, invitee.id)
    contract = await make_contract(world, str(names["team"]))
    await schedule(world, await make_subscription(world, contract, str(names["team"]), (day(0), day(9))), 2)
    # The newest row: an older one may break another rule, too, such as that of an account that was deleted.
    statement = f"update {table} set id = 'x_1' where id = (select max(id) from {table})"
    assert f"ck_{table}_id_prefix" in await refusal(world, statement, {})


async def test_an_external_id_has_the_form_that_the_rule_stores(world: World) -> None:
    texts = [*(chr(code) for code in (*range(1, 0xD800), *range(0xE000, 0x10000))), "", "x" * 100, "x" * 101]
    texts += ["E\u2028", "\u00a0E", "E\u202e", "E 1", "E\n"]
    query = text(f"select external_id from unnest(cast(:texts as text[])) as t (external_id) where {EXTERNAL_ID}")
    async with world.engine.connect() as connection:
        stored = (await connection.execute(query, {"texts": texts})).scalars().all()
    assert list(stored) == [one for one in texts if external_id(one) == one]


async def test_a_challenge_may_have_each_method_and_each_delivery(world: World) -> None:
    ada = await world.person()
    await world.challenge(ada.id)
    query = text("update sign_in_challenges set method = :method, delivery = :delivery where user_id = :ada")
    async with world.engine.begin() as connection:
        for method, delivery in product(SignInMethod, SessionDelivery):
            values = {"method": method.value, "delivery": delivery.value, "ada": ada.id}
            assert (await connection.execute(query, values)).rowcount == 1


async def test_usage_may_last_no_minute_or_a_whole_day(world: World) -> None:
    team = await world.team()
    ada = await world.member(team)
    seat = await world.give_seat(team, await world.pool(team, 1), ada.id)
    values = {"team": team, "seat": seat, "ada": ada.id}
    async with world.engine.begin() as connection:
        for day, minutes in ((1, 0), (2, 1440)):
            await connection.execute(text(USE.format(day=day, minutes=minutes, sessions=1)), values)


async def test_a_person_may_hold_seats_of_two_products_and_of_one_product_in_two_teams(world: World) -> None:
    ada, product = await world.person(), await world.product()
    for _ in range(2):
        team = await world.team()
        await world.member(team, Role.USER, ada)
        await world.give_seat(team, await world.pool(team, 1, product), ada.id)
        await world.give_seat(team, await world.pool(team, 1), ada.id)
