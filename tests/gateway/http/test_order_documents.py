"""The document of an order: who gets a link to it, who can open it, and what ends the link."""

import asyncio
import hashlib
from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from itsdangerous import TimestampSigner, URLSafeTimedSerializer
from sqlalchemy import text

from domain.actions import Scope
from domain.credentials import parse
from domain.roles import Role
from gateway.pdf import invoice
from resolvers.billing.order_documents import PATH
from resolvers.core.signed_links import LIFETIME, SignedLinks
from tests.conftest import Client
from tests.support.orders import invoice_number, order
from tests.support.pdf import pages_of
from tests.support.second_factors import OPERATORS_SECRET
from tests.support.subscriptions import day, make_contract, make_subscription
from tests.support.world import Account, World

DOCUMENT = "query ($id: ID!) { node(id: $id) { ... on Order { number document { url expiresAt } } } }"


async def ordered(world: World, price: int = 10_000, served: tuple[str, ...] = ()) -> tuple[str, Account, str, str]:
    """A team, its contract manager, and the ids of an order and of its invoice."""
    team = await world.team()
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    made = await make_subscription(world, await make_contract(world, team, *served), team, (day(0), day(364)))
    placed = await order(world, made, price=price)
    number = await invoice_number(world, placed) if placed.invoice_id else ""
    return team, manager, placed.id, number


async def link_to(client: Client, secret: str, order_id: str) -> str:
    """The path of a new link to the document of an order."""
    found = (await client(DOCUMENT, secret, id=order_id)).data["node"]["document"]
    return urlsplit(str(found["url"])).path


async def opened(client: Client, link: str, **headers: str) -> httpx.Response:
    """What is at a link."""
    return await client.http.get(link, headers=headers)


def is_gone(response: httpx.Response) -> bool:
    """Whether the answer says that there is no document, and nothing else."""
    return response.status_code == 404 and response.text == (
        "There is no such document, or the link to it has expired. Ask for a new link.\n"
    )


async def test_a_contract_manager_opens_the_invoice_of_an_order(
    client: Client, world: World, statements: list[Any]
) -> None:
    _, manager, order_id, number = await ordered(world)
    link = await link_to(client, manager.secret, order_id)
    statements.clear()
    response = await opened(client, link)
    assert response.status_code == 200
    assert len(statements) == 2, "the actor, and the document"
    assert response.headers["content-type"] == "application/pdf"
    assert response.headers["content-disposition"] == f'attachment; filename="{number}.pdf"'
    assert response.headers["cache-control"] == "no-store"
    [lines] = pages_of(response.content)
    assert f"Invoice {number}" in lines
    assert "Total €119.00" in lines
    again = await client.http.head(link)
    assert (again.status_code, again.content) == (200, b"")
    assert (await client.http.post(link)).status_code == 405


async def test_it_is_in_the_language_of_the_home_team(client: Client, world: World) -> None:
    team, manager, order_id, number = await ordered(world)
    change = "mutation ($id: ID!) { updateTeam(input: {teamId: $id, language: DE}) { errors { message } } }"
    assert (await client(change, manager.secret, id=team)).data["updateTeam"]["errors"] == []
    [lines] = pages_of((await opened(client, await link_to(client, manager.secret, order_id))).content)
    assert f"Rechnung {number}" in lines


async def test_an_order_that_costs_nothing_has_no_document(client: Client, world: World) -> None:
    _, manager, order_id, _ = await ordered(world, price=0)
    assert (await client(DOCUMENT, manager.secret, id=order_id)).data["node"]["document"] is None


async def test_a_token_gets_a_link_by_its_scope(client: Client, world: World) -> None:
    team, manager, order_id, _ = await ordered(world)
    _, reads = await world.token(team, manager.id, Scope.ORDERS_READ)
    assert (await opened(client, await link_to(client, reads, order_id))).status_code == 200
    _, reads_not = await world.token(team, manager.id, Scope.CONTRACTS_READ)
    assert (await client(DOCUMENT, reads_not, id=order_id)).content["data"]["node"] is None


@pytest.mark.parametrize("role", [Role.USER, Role.SOFTWARE_COORDINATOR])
async def test_others_get_no_link(client: Client, world: World, role: Role) -> None:
    branch = await world.team()
    team, _, order_id, _ = await ordered(world, served=(branch,))
    for one in (
        await world.member(team, role),
        await world.member(branch, Role.CONTRACT_MANAGER),
        await world.member(await world.team(), Role.CONTRACT_MANAGER),
    ):
        assert (await client(DOCUMENT, one.secret, id=order_id)).content["data"]["node"] is None


async def _lose_role(world: World, team: str, manager: Account) -> None:
    await world.set_role(team, manager.id, Role.SOFTWARE_COORDINATOR)


async def _leave(world: World, team: str, manager: Account) -> None:
    await world.leave(team, manager.id)


async def _end_session(world: World, _: str, manager: Account) -> None:
    async with world.engine.begin() as connection:
        await connection.execute(text("delete from sessions where user_id = :id"), {"id": manager.id})


async def _require_second_factor(world: World, team: str, _: Account) -> None:
    async with world.engine.begin() as connection:
        change = text("update teams set requires_second_factor = true where id = :id")
        await connection.execute(change, {"id": team})


@pytest.mark.parametrize("lose", [_lose_role, _leave, _end_session, _require_second_factor])
async def test_a_link_ends_with_the_right(
    client: Client, world: World, lose: Callable[[World, str, Account], Awaitable[None]]
) -> None:
    team, manager, order_id, _ = await ordered(world)
    await world.member(team, Role.CONTRACT_MANAGER)
    link = await link_to(client, manager.secret, order_id)
    await lose(world, team, manager)
    other = await world.member(team, Role.CONTRACT_MANAGER)
    assert is_gone(await opened(client, link, authorization=f"Bearer {other.secret}"))


async def test_a_link_ends_when_its_token_is_revoked(client: Client, world: World) -> None:
    team, manager, order_id, _ = await ordered(world)
    token_id, secret = await world.token(team, manager.id, Scope.ORDERS_READ)
    link = await link_to(client, secret, order_id)
    await world.revoke(token_id)
    assert is_gone(await opened(client, link))


class EarlierSigner(TimestampSigner):
    """Signs as a few seconds more ago than links live."""

    def get_timestamp(self) -> int:
        """The moment of the signature, in seconds."""
        return super().get_timestamp() - int(LIFETIME.total_seconds()) - 2


def old_link(content: list[str]) -> str:
    """A link that Usher wrote, and that has expired."""
    options = {"digest_method": hashlib.sha256}
    serializer = URLSafeTimedSerializer(
        OPERATORS_SECRET, salt="usher signed links", signer=EarlierSigner, signer_kwargs=options
    )
    return f"{PATH}/{serializer.dumps(content)!s}"


async def test_a_link_that_is_old_or_forged_does_not_open(client: Client, world: World) -> None:
    (_, manager, order_id, _), (_, _, foreign_id, _) = await ordered(world), await ordered(world)
    link, credential = await link_to(client, manager.secret, order_id), parse(manager.secret)
    assert credential is not None
    ours, theirs = SignedLinks(OPERATORS_SECRET, ""), SignedLinks("another secret of thirty-two letters", "")
    assert (await opened(client, ours.write(PATH, order_id, credential).url)).status_code == 200
    for forged in (
        old_link([PATH, order_id, credential.kind.value, credential.token_hash.hex()]),
        theirs.write(PATH, order_id, credential).url,
        ours.write("/installers", order_id, credential).url.replace("/installers", PATH),
        ours.write(PATH, foreign_id, credential).url,
        ours.write(PATH, "order_unknown", credential).url,
        link[:-2] + ("AA" if link[-2:] != "AA" else "BB"),
        *(f"{PATH}/{forged}" for forged in ("x", "ü", "a" * 10_000, "a.b.c")),
    ):
        assert is_gone(await opened(client, forged)), forged


async def test_few_documents_wait_to_be_written(client: Client, world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each takes a processor for a second, so a client that asks for hundreds is told to come back."""
    _, manager, order_id, _ = await ordered(world)
    link = await link_to(client, manager.secret, order_id)
    writing, most = 0, 0
    write = invoice.write

    def counted(*args: Any) -> bytes:
        nonlocal writing, most
        writing += 1
        most = max(most, writing)
        content = write(*args)
        writing -= 1
        return content

    monkeypatch.setattr(invoice, "write", counted)
    answers = await asyncio.gather(*(opened(client, link) for _ in range(30)))
    refused = [one for one in answers if one.status_code == 503]
    assert {one.status_code for one in answers} == {200, 503}
    assert most == 1
    assert all(one.headers["retry-after"] == "5" for one in refused)
