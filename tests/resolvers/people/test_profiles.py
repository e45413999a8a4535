"""People change their own names and language, and nobody sees the language of another person."""

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Client
from tests.resolvers.access.test_own_sessions import recorded
from tests.resolvers.access.test_sessions import codes, mutate
from tests.resolvers.access.test_sign_ups import execute
from tests.support.mutations import Caller, audit_rows, new_caller, operation, personal_values
from tests.support.queued_mails import queued
from tests.support.world import World

LANGUAGES = "query ($id: ID!) { team(id: $id) { members { nodes { user { id language } } } } }"


async def caller_for(client: Client, world: World) -> Caller:
    """A plain user of a new team."""
    return await new_caller(client, world, seats=0, role=Role.USER)


async def test_a_person_changes_their_names_for_all_teams(client: Client, world: World) -> None:
    ada = await caller_for(client, world)
    await world.member(await world.team(), Role.USER, ada.who)
    changed = await mutate(client, "updateProfile", ada.secret, firstName="  Augusta ", lastName="King")
    assert (changed["errors"], changed["user"]["name"]) == ([], "Augusta King")
    names = "{ viewer { name memberships { nodes { user { name } } } } }"
    viewer = (await client(names, ada.secret)).data["viewer"]
    assert [viewer["name"], *(one["user"]["name"] for one in viewer["memberships"]["nodes"])] == ["Augusta King"] * 3
    assert await recorded(world, ada.who.id) == [(ada.who.id, "accounts:update", {"personal": ["name"]})]
    only = await mutate(client, "updateProfile", ada.secret, lastName="")
    assert only["user"]["name"] == "Augusta"


async def test_a_mail_tells_of_new_names_once_in_an_hour(client: Client, world: World) -> None:
    ada = await world.person()
    mail = {"user_id": ada.id, "event": "names changed", "email": ada.email, "token_id": None}
    for mails in (1, 2):
        for name in ("Augusta", "Ada", "Augusta"):
            await mutate(client, "updateProfile", ada.secret, firstName=f"{name} {mails}")
        assert await queued(world, ada.id) == [mail] * mails
        await execute(world, "update mail_pauses set until = now()")


async def test_the_audit_log_has_the_names_beside_the_entry(client: Client, world: World) -> None:
    ada = await caller_for(client, world)
    await mutate(client, "updateProfile", ada.secret, firstName="Augusta")
    async with world.engine.connect() as connection:
        query = "select id from audit_events where target_id = $1"
        [id_] = (await connection.exec_driver_sql(query, (ada.who.id,))).scalars()
    names = ({"name": ["Ada", "Byron"]}, {"name": ["Augusta", "Byron"]})
    assert await personal_values(world, id_) == {ada.who.id: names}
    assert await audit_rows(world, ada.team) == []


async def test_a_person_chooses_the_language_of_the_mails(client: Client, world: World) -> None:
    ada = await world.person()
    assert (await client("{ viewer { language } }", ada.secret)).data == {"viewer": {"language": "EN"}}
    changed = await mutate(client, "updateProfile", ada.secret, language="DE")
    assert changed["user"] == {"id": ada.id, "name": "Ada Byron", "language": "DE"}
    assert (await client("{ viewer { language } }", ada.secret)).data == {"viewer": {"language": "DE"}}
    assert await recorded(world, ada.id) == [(ada.id, "accounts:update", {"language": "de"})]


async def test_the_same_values_change_nothing(client: Client, world: World) -> None:
    ada = await world.person()
    before = await world.fingerprint()
    given = {"firstName": "Ada ", "lastName": "Byron", "language": "EN"}
    assert (await mutate(client, "updateProfile", ada.secret, **given))["user"]["name"] == "Ada Byron"
    assert await world.fingerprint() == before


@pytest.mark.parametrize(
    ("given", "field"),
    [({"firstName": " "}, "firstName"), ({"firstName": "\u202e"}, "firstName"), ({"lastName": "x" * 101}, "lastName")],
)
async def test_an_invalid_name_is_refused(client: Client, world: World, given: dict[str, str], field: str) -> None:
    ada = await world.person()
    before = await world.fingerprint()
    payload = await mutate(client, "updateProfile", ada.secret, **given, language="DE")
    assert (codes(payload), payload["errors"][0]["field"], payload["user"]) == (["NAME_INVALID"], [field], None)
    assert await world.fingerprint() == before


async def test_nothing_to_change_is_a_mistake(client: Client, world: World) -> None:
    ada = await world.person()
    assert (await client(operation("updateProfile"), ada.secret, input={})).codes == ["BAD_USER_INPUT"]


async def test_nobody_sees_the_language_of_another_person(client: Client, world: World) -> None:
    manager = await new_caller(client, world, seats=0, role=Role.CONTRACT_MANAGER)
    await world.member(manager.team)
    people = (await client(LANGUAGES, manager.secret, id=manager.team)).data["team"]["members"]["nodes"]
    shown = {one["user"]["id"]: one["user"]["language"] for one in people}
    assert shown.pop(manager.who.id) == "EN"
    assert list(shown.values()) == [None]
    _, partner = await world.token(manager.team, manager.who.id, *Scope)
    assert set((await client(LANGUAGES, partner, id=manager.team)).codes) == {"FORBIDDEN"}
