"""Contract managers see who was told what about the contracts of their home team. Nobody else does."""

import pytest

from db.core import ids
from db.notices.notices import NewNotice
from domain.actions import Scope
from domain.notices import Delivery, NoticeKind
from domain.roles import Role
from tests.conftest import Client
from tests.support.notices import Agreement, agree, one_row
from tests.support.world import World

NOTICES = """
query ($team: ID!, $first: Int) {
  team(id: $team) {
    notices(first: $first) {
      totalCount
      nodes { id kind stage subjectId delivery mailState mailReason recipient { id } viewerCan { action allowed } }
    }
  }
}
"""
NODE = "query ($id: ID!) { node(id: $id) { id ... on Notice { kind } } }"


@pytest.fixture
async def agreed(world: World) -> Agreement:
    """A contract about which two people were told."""
    made = await agree(world)
    await made.prefer(made.other, NoticeKind.AUTO_RENEW_CHANGED, Delivery.DIGEST)
    await made.queue(made.renewal(), made.auto_renew_changed())
    return made


async def test_a_notice_of_the_last_seats_is_about_a_product(client: Client, world: World) -> None:
    made = await agree(world)
    [product] = await one_row(world, "select product_id from subscriptions where id = $1", made.subscription)
    data = {"productId": product}
    await made.queue(NewNotice(made.team, made.contract, NoticeKind.LAST_SEATS, f"last_seats:{made.team}", data))
    [one] = (await client(NOTICES, made.contact.secret, team=made.team)).data["team"]["notices"]["nodes"]
    assert (one["kind"], one["stage"], one["subjectId"]) == ("LAST_SEATS", None, product)


async def test_contract_managers_see_the_notices_of_their_team_the_newest_first(
    client: Client, agreed: Agreement
) -> None:
    found = (await client(NOTICES, agreed.other.secret, team=agreed.team)).data["team"]["notices"]
    assert found["totalCount"] == 3
    shown = {(one["kind"], one["recipient"]["id"]): one for one in found["nodes"]}
    assert shown.keys() == {
        ("RENEWAL", agreed.contact.id),
        ("AUTO_RENEW_CHANGED", agreed.contact.id),
        ("AUTO_RENEW_CHANGED", agreed.other.id),
    }
    one = shown["RENEWAL", agreed.contact.id]
    assert (one["stage"], one["subjectId"], one["delivery"]) == ("30", agreed.subscription, "AT_ONCE")
    assert (one["mailState"], one["mailReason"]) == ("QUEUED", None)
    assert one["viewerCan"] == [{"action": "ORDERS_READ", "allowed": True}]
    assert shown["AUTO_RENEW_CHANGED", agreed.other.id]["delivery"] == "DIGEST"
    order = [one["id"] for one in found["nodes"]]
    assert order == sorted(order, reverse=True)


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR, None])
async def test_nobody_else_sees_notices(client: Client, world: World, agreed: Agreement, role: Role | None) -> None:
    [first, *_] = (await client(NOTICES, agreed.other.secret, team=agreed.team)).data["team"]["notices"]["nodes"]
    other = await agree(world)
    who = other.contact if role is None else await world.member(agreed.team, role)
    refused = await client(NOTICES, who.secret, team=agreed.team)
    assert refused.codes == ["NOT_FOUND" if role is None else "FORBIDDEN"]
    foreign, unknown = [await client(NODE, who.secret, id=id_) for id_ in (first["id"], ids.new("notice"))]
    assert foreign.content == unknown.content
    assert foreign.codes == ["NOT_FOUND"]
    assert (await client(NODE, agreed.other.secret, id=first["id"])).data["node"]["kind"] == first["kind"]


async def test_a_token_sees_notices_with_the_scope_for_orders_only(
    client: Client, world: World, agreed: Agreement
) -> None:
    _, allowed = await world.token(agreed.team, agreed.other.id, Scope.ORDERS_READ)
    _, refused = await world.token(agreed.team, agreed.other.id, *(set(Scope) - {Scope.ORDERS_READ}))
    assert (await client(NOTICES, allowed, team=agreed.team)).data["team"]["notices"]["totalCount"] == 3
    assert (await client(NOTICES, refused, team=agreed.team)).codes == ["FORBIDDEN"]


async def test_the_notices_of_a_page_are_read_by_a_constant_number_of_statements(
    client: Client, agreed: Agreement, statements: list[str]
) -> None:
    numbers = []
    for first in (1, 3):
        session = await agreed.world.session(agreed.other.id)
        statements.clear()
        await client(NOTICES, session, team=agreed.team, first=first)
        numbers.append(len(statements))
    assert numbers[0] == numbers[1]
