"""An object that the actor may not see does not exist: the answer equals that for an unknown id, byte for byte."""

import pytest

from db.core import ids
from tests.conftest import Client
from tests.gateway.conftest import Company, answer_bytes
from tests.support.argument_queries import argument_queries
from tests.support.published_fields import node_types

pytestmark = [pytest.mark.slow, pytest.mark.usefixtures("unchanged")]

PREFIXES = [
    *("user", "team", "member", "group", "invite", "seat", "pool", "wait", "request", "token"),
    *("contract", "sub", "order", "invoice", "notice"),
]
NODE = "query ($id: ID!) { node(id: $id) { __typename id } }"
# Each argument that takes the id of something that belongs to a team, with the prefix of such an id.
ARGUMENTS = {
    "Query.node(id)": "team",
    "Query.team(id)": "team",
    "Query.company(id)": "team",
    "Query.explain(target)": "team",
    "Query.explain(subject)": "user",
    "Team.audit(actorId)": "user",
    "Team.members(filter.groupId)": "group",
    "Team.members(filter.withoutGroupId)": "group",
    "User.memberships(teamId)": "team",
    "User.seats(teamId)": "team",
}
QUERIES = {str(query): query for query in argument_queries("ID") if not query.path.lower().endswith("productid")}


def test_each_argument_that_takes_an_id_of_a_team_is_tested() -> None:
    assert QUERIES.keys() == ARGUMENTS.keys()


@pytest.mark.parametrize("prefix", PREFIXES)
async def test_a_foreign_node_is_answered_like_an_unknown_one(
    client: Client, ours: Company, theirs: Company, prefix: str
) -> None:
    for secret in (ours.manager.secret, ours.coordinator.secret, ours.user.secret, ours.partner):
        foreign = await answer_bytes(client, secret, NODE, id=theirs.ids[prefix])
        assert foreign == await answer_bytes(client, secret, NODE, id=ids.new(prefix))
        assert foreign[0] == 200


@pytest.mark.parametrize("argument", ARGUMENTS)
async def test_a_foreign_id_in_an_argument_is_answered_like_an_unknown_one(
    client: Client, ours: Company, theirs: Company, argument: str
) -> None:
    given = {"team": ours.team, "user": ours.user.id}
    query, prefix = QUERIES[argument].operation(given), ARGUMENTS[argument]
    for secret in (ours.manager.secret, ours.coordinator.secret, ours.user.secret, ours.partner):
        foreign = await answer_bytes(client, secret, query, value=theirs.ids[prefix], **given)
        assert foreign == await answer_bytes(client, secret, query, value=ids.new(prefix), **given)
        assert foreign[0] == 200


async def test_a_company_has_one_of_each_type_of_node(client: Client, ours: Company) -> None:
    ids_ = [*ours.ids.values(), ours.product, ours.release]
    found = [(await client(NODE, ours.manager.secret, id=id_)).data["node"]["__typename"] for id_ in ids_]
    assert sorted(found) == sorted(node_types())
    assert sorted(PREFIXES) == sorted(ours.ids)


@pytest.mark.parametrize("prefix", [*PREFIXES, "product", "release"])
async def test_an_unknown_node_is_not_found(client: Client, ours: Company, prefix: str) -> None:
    found = await client("query($id: ID!) { node(id: $id) { id } }", ours.manager.secret, id=ids.new(prefix))
    assert (found.status, found.codes) == (200, ["NOT_FOUND"])


@pytest.mark.parametrize("id_", ["", "_", "team", "team_", "TEAM_1", "session_1", "nobody_1", "user_' or 1=1"])
async def test_an_id_of_no_node_is_answered_like_an_unknown_one(client: Client, ours: Company, id_: str) -> None:
    unknown = await answer_bytes(client, ours.manager.secret, NODE, id=ids.new("team"))
    assert unknown == await answer_bytes(client, ours.manager.secret, NODE, id=id_)


@pytest.mark.parametrize("prefix", [*(prefix for prefix in PREFIXES if prefix != "team"), "product"])
async def test_the_id_of_another_type_finds_no_team(client: Client, ours: Company, prefix: str) -> None:
    other = {**ours.ids, "product": ours.product}[prefix]
    found = await client("query($id: ID!) { team(id: $id) { id } }", ours.manager.secret, id=other)
    assert found.codes == ["NOT_FOUND"]


@pytest.mark.parametrize("prefix", [*PREFIXES, "product", "release"])
async def test_an_object_of_the_own_team_is_found(client: Client, ours: Company, prefix: str) -> None:
    id_ = {**ours.ids, "product": ours.product, "release": ours.release}[prefix]
    found = await client("query($id: ID!) { node(id: $id) { id } }", ours.manager.secret, id=id_)
    assert found.data == {"node": {"id": id_}}


@pytest.mark.parametrize("prefix", ["group", "pool", "contract", "sub", "order", "invoice", "token"])
async def test_an_object_hidden_from_the_role_user_is_answered_like_an_unknown_id(
    client: Client, ours: Company, prefix: str
) -> None:
    hidden = await answer_bytes(client, ours.user.secret, NODE, id=ours.ids[prefix])
    assert hidden == await answer_bytes(client, ours.user.secret, NODE, id=ids.new(prefix))


async def test_a_colleague_is_not_found_by_the_role_user(client: Client, ours: Company) -> None:
    hidden = await answer_bytes(client, ours.user.secret, NODE, id=ours.coordinator.id)
    assert hidden == await answer_bytes(client, ours.user.secret, NODE, id=ids.new("user"))


@pytest.mark.parametrize("prefix", ["order", "invoice"])
async def test_an_object_hidden_from_a_coordinator_is_answered_like_an_unknown_id(
    client: Client, ours: Company, prefix: str
) -> None:
    for secret in (ours.coordinator.secret, ours.partner):
        hidden = await answer_bytes(client, secret, NODE, id=ours.ids[prefix])
        assert hidden == await answer_bytes(client, secret, NODE, id=ids.new(prefix))
