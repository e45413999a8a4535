"""No way shows a price, an order, an invoice or a notice to those who may not see orders of the home team.

Everybody sends queries for all published fields, and all amendments as dry runs. What they must not see is looked for
in the text of each answer, so that no field, count or message is forgotten.
"""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest

from domain.actions import Scope
from domain.roles import Role
from tests.conftest import Answer, Client
from tests.support import notices
from tests.support.database import fetch_rows
from tests.support.mutations import operation
from tests.support.orders import invoice_number, order
from tests.support.published_fields import QueryWriter, node_types
from tests.support.subscriptions import Made, day, make_contract, make_subscription, schedule
from tests.support.world import Account, World

pytestmark = pytest.mark.slow

PRICE, PAID, CREDITED, TAX_RATE = 76_543_210, 1_234_567, 7_654_321, 1_713
REFERENCE, REASON = "Transfer of the hidden", "Reason of the hidden"
ALL_BUT_ORDERS = tuple(set(Scope) - {Scope.ORDERS_READ})
AMENDED = """
subscription { id seats unitPrice { amount } terms { unitPrice { amount } } contract { taxRate orders { totalCount } }
  scheduledChange { seats } seatChanges { delta } }
errors { code message }
"""
ORDERED = "order { id total { amount } lines { amount { amount } } invoice { id } }"
LISTS = """
query ($team: ID!) { team(id: $team) {
  contracts { totalCount nodes { taxRate orders { totalCount edges { cursor } }
    subscriptions { nodes {
      unitPrice { amount } terms { unitPrice { amount } } viewerCan { action allowed reason }
    } } } }
  subscriptions { totalCount edges { cursor node { unitPrice { amount } contract { taxRate } } } }
} }
"""
OF_ORDERS = (
    "orders { totalCount pageInfo { hasNextPage startCursor } }",
    "invoices(status: OPEN) { totalCount }",
    "spend { month }",
    "upcomingPayments { kind dueOn }",
    "notices { totalCount }",
)


@dataclass(frozen=True)
class Scene:
    """A contract of `home` that serves `branch`; `elsewhere` has nothing to do with it. `hidden` are texts by name."""

    home: str
    branch: str
    elsewhere: str
    contract: str
    of_home: Made
    of_branch: Made
    change: str
    nodes: dict[str, str]
    hidden: dict[str, str]
    boss: Account
    secrets: dict[str, str]

    def seen(self, *answers: Answer) -> set[str]:
        """The names of the hidden texts that are in the answers."""
        said = "\n".join(json.dumps(one.content, ensure_ascii=False) for one in answers)
        return {name for name, text in self.hidden.items() if text in said}


async def others(world: World, home: str, branch: str, elsewhere: str, boss: Account) -> dict[str, str]:
    """The secrets of those who may not see orders of the home team, by what they are."""
    teams = {"home": home, "branch": branch, "elsewhere": elsewhere}
    roles = {"user": Role.USER, "coordinator": Role.SOFTWARE_COORDINATOR, "manager": Role.CONTRACT_MANAGER}
    people = {
        f"{role} of {team}": await world.member(teams[team], roles[role])
        for team in teams
        for role in roles
        if (team, role) != ("home", "manager")
    }
    secrets = {name: one.secret for name, one in people.items()}
    for name, team, grantor, scopes in (
        ("token without orders", home, boss, ALL_BUT_ORDERS),
        ("token of a coordinator", home, people["coordinator of home"], tuple(Scope)),
        ("token of the branch", branch, people["manager of branch"], tuple(Scope)),
        ("token of elsewhere", elsewhere, people["manager of elsewhere"], tuple(Scope)),
    ):
        secrets[name] = (await world.token(team, grantor.id, *scopes))[1]
    vendor = await world.person()
    await world.make_vendor(vendor.id)
    return {**secrets, "vendor": vendor.secret}


@pytest.fixture(scope="module")
async def scene(client: Client, world: World) -> Scene:
    """The invoice is paid and credited in part; somebody was told; a reduction is scheduled; the calendar renews."""
    home, branch, elsewhere = [await world.team() for _ in range(3)]
    boss, vendor = await world.member(home, Role.CONTRACT_MANAGER), await world.person()
    await world.make_vendor(vendor.id)
    contract = await make_contract(world, home, branch, tax_rate=TAX_RATE, contact_id=boss.id)
    term = (day(-300), day(60))
    of_home = await make_subscription(world, contract, home, term, 3, PRICE, auto_renew=True)
    of_branch = await make_subscription(world, contract, branch, term, 3, PRICE)
    change = await schedule(world, of_home, 1, effective_on=day(61))
    placed = await order(world, of_home, 3, PRICE)
    invoice, today = await invoice_number(world, placed), datetime.now(UTC).date().isoformat()
    for mutation, given in (
        ("recordPayment", {"amount": str(PAID), "receivedOn": today, "reference": REFERENCE}),
        ("creditInvoice", {"amount": str(CREDITED), "reason": REASON}),
    ):
        done = await client(operation(mutation), vendor.secret, input={"invoiceNumber": invoice, **given})
        assert done.data[mutation]["errors"] == []
    [(number, tax)] = await fetch_rows(
        world.database, "select o.number, i.tax from orders o join invoices i on i.order_id = o.id where o.id = $1",
        placed.id,
    )  # fmt: skip
    notice = await notices.row(world, home, boss.id)
    nodes = {"Order": placed.id, "Invoice": placed.invoice_id or "", "Notice": notice}
    amounts = {"price": PRICE, "subtotal": 3 * PRICE, "tax": tax, "total": placed.total, "paid": PAID}
    hidden = {name: f'"{amount}"' for name, amount in {**amounts, "credited": CREDITED}.items()}
    hidden |= {"reference": REFERENCE, "reason": REASON, "tax rate": f'"taxRate": {TAX_RATE}'}
    hidden |= {"invoice number": invoice, "order number": f"O-{number:06d}", **nodes}
    secrets = await others(world, home, branch, elsewhere, boss)
    return Scene(home, branch, elsewhere, contract, of_home, of_branch, change, nodes, hidden, boss, secrets)


def queries(scene: Scene) -> Iterator[str]:
    """A query for each field of each object that has something to do with the contract."""
    values = {"first": "5", "id": f'"{scene.home}"', "productId": f'"{scene.of_home.product}"', "on": '"2026-11-01"'}
    writer, types = QueryWriter(values), node_types()
    ids = [("Team", scene.home), ("Team", scene.branch), ("Contract", scene.contract), *scene.nodes.items()]
    ids += [("Subscription", one.id) for one in (scene.of_home, scene.of_branch)]
    for name, id_ in ids:
        yield from writer.node(types[name], id_)


TEAMS, ROLES = ("home", "branch", "elsewhere"), ("user", "coordinator", "manager")
ACTORS = [f"{role} of {team}" for team in TEAMS for role in ROLES if (team, role) != ("home", "manager")]
TOKENS = ["token without orders", "token of a coordinator", "token of the branch", "token of elsewhere"]


async def test_a_contract_manager_of_the_home_team_finds_all_of_it(client: Client, scene: Scene) -> None:
    answers = [await client(one, scene.boss.secret) for one in queries(scene)]
    assert scene.seen(*answers) == scene.hidden.keys()


@pytest.mark.parametrize("who", [*ACTORS, *TOKENS, "vendor"])
async def test_nobody_else_finds_any_of_it(client: Client, scene: Scene, who: str) -> None:
    secret = scene.secrets[who]
    answers = [await client(one, secret) for one in queries(scene)]
    for team in (scene.home, scene.branch):
        answers.append(await client(LISTS, secret, team=team))
        for selection in OF_ORDERS:
            answer = await client(f"query ($team: ID!) {{ team(id: $team) {{ {selection} }} }}", secret, team=team)
            answers.append(answer)
            # A manager of the branch has a list of their own, which is empty.
            own = team == scene.branch and who in ("manager of branch", "token of the branch")
            assert answer.codes in ([["FORBIDDEN"], ["NOT_FOUND"]] if not own else [[]])
    assert scene.seen(*answers) == set()


def amendments(scene: Scene, made: Made) -> dict[str, dict[str, object]]:
    """The input of each amendment of a subscription."""
    seen = {"subscriptionId": made.id, "version": 1}
    return {
        "addSeats": {**seen, "seats": 1},
        "reduceSeats": {**seen, "seats": 1},
        "setAutoRenew": {**seen, "autoRenew": True},
        "renewSubscription": {**seen, "months": 12},
        "moveSeats": {**seen, "seats": 1, "toTeamId": scene.branch},
        "cancelScheduledChange": {"changeId": scene.change},
    }


@pytest.mark.parametrize("who", [*ACTORS, *TOKENS])
async def test_no_dry_run_tells_a_price(client: Client, world: World, scene: Scene, who: str) -> None:
    before = await world.fingerprint()
    for made in (scene.of_home, scene.of_branch):
        for mutation, given in amendments(scene, made).items():
            more = ORDERED if mutation in ("addSeats", "renewSubscription", "moveSeats") else ""
            text = operation(mutation, f"{AMENDED} {more}")
            for dry_run in (True, False):
                if not dry_run and who == "token without orders":
                    continue
                answer = await client(text, scene.secrets[who], input={**given, "dryRun": dry_run})
                assert '"amount"' not in json.dumps(answer.content)
                assert scene.seen(answer) == set()
                if who != "token without orders":
                    assert answer.codes in (["FORBIDDEN"], ["NOT_FOUND"])
    assert await world.fingerprint() == before
