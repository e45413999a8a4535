"""What each kind of actor may do about a contract, by mutation and relation to it. A denied request changes nothing.

The matrix of all mutations (matrix.yaml) knows the team and foreign ones. Here a contract of `home` serves `branch`,
too, and `home` requires a second factor of those who manage it.
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import product

import pytest

from domain.actions import Action, Scope
from domain.roles import Role
from tests.conftest import Client
from tests.support.mutations import operation
from tests.support.orders import invoice_number, order
from tests.support.published_fields import action_of, guarded_fields, mutation_actions, node_types
from tests.support.subscriptions import Made, day, make_contract, make_subscription, schedule
from tests.support.world import Account, World

CODES = {"F": ["FORBIDDEN"], "N": ["NOT_FOUND"], "U": ["UNAUTHENTICATED"], "ok": []}
ROLES = {"user": Role.USER, "coordinator": Role.SOFTWARE_COORDINATOR, "manager": Role.CONTRACT_MANAGER}
# People, by team: user, coordinator and manager. Then a manager of the home team without a second factor, one who has
# left, and tokens: of the home team's manager with all scopes, without `contracts:amend` and without `contracts:read`,
# of its coordinator, of the branch's manager, and a revoked one. Last, nobody.
COLUMNS = [
    *(f"{role} of {team}" for team in ("home", "branch", "elsewhere") for role in ROLES),
    "unproven", "former", "token", "token that may not amend", "token that may not read", "token of a coordinator",
    "token of the branch", "revoked token", "anonymous",
]  # fmt: skip
AMENDS_HOME = "N F ok  N N N  N N N  N N ok F N F N U U"
AMENDS_BRANCH = "N F ok  N F F  N N N  N N ok F N F F U U"
STAFF = "F F F  F F F  F F F  F F F F F F F U U"
TABLE = {
    **{
        f"{mutation} of {team}": row
        for mutation in ("addSeats", "reduceSeats", "setAutoRenew", "renewSubscription", "cancelScheduledChange")
        for team, row in (("home", AMENDS_HOME), ("branch", AMENDS_BRANCH))
    },
    # The seats of the branch would go to the home team. A token and all these people have a right in one team only.
    "moveSeats of home": "N N N  N N N  N N N  N N N N N N N U U",
    "moveSeats of branch": "N F F  N N N  N N N  N N F F N F N U U",
    "setContactPerson": "N F ok  N F F  N N N  N N ok F N F F U U",
    "createContract": STAFF,
    "addSubscription": STAFF,
    "recordPayment": STAFF,
    "creditInvoice": STAFF,
    "sendAnnouncement": STAFF,
    "setNoticePreferences": "ok ok ok  N N N  N N N  ok N F F F F N U U",
}
# What is stated above of mutations is stated here of the fields of a query about `home` and its contract.
READS = {
    "team(id: $home) { contracts { totalCount } }": "F ok ok  N N N  N N N  F N ok ok F ok N U U",
    "team(id: $home) { subscriptions { totalCount } }": "F ok ok  N N N  N N N  F N ok ok F ok N U U",
    "team(id: $home) { orders { totalCount } }": "F F ok  N N N  N N N  F N ok ok ok F N U U",
    "team(id: $home) { invoices { totalCount } }": "F F ok  N N N  N N N  F N ok ok ok F N U U",
    "team(id: $home) { upcomingPayments { dueOn } }": "F F ok  N N N  N N N  F N ok ok ok F N U U",
    "team(id: $home) { spend { month } }": "F F ok  N N N  N N N  F N ok ok ok F N U U",
    "team(id: $home) { notices { totalCount } }": "F F ok  N N N  N N N  F N ok ok ok F N U U",
    "node(id: $contract) { id }": "N ok ok  N ok ok  N N N  N N ok ok N ok ok U U",
    "node(id: $ofHome) { id }": "N ok ok  N N N  N N N  N N ok ok N ok N U U",
    "node(id: $ofBranch) { id }": "N N N  N ok ok  N N N  N N N N N N ok U U",
    "node(id: $order) { id }": "N N ok  N N N  N N N  N N ok ok ok N N U U",
    "node(id: $invoice) { id }": "N N ok  N N N  N N N  N N ok ok ok N N U U",
}
READ = "query ($home: ID!, $contract: ID!, $ofHome: ID!, $ofBranch: ID!, $order: ID!, $invoice: ID!) {"


@dataclass(frozen=True)
class Scene:
    """The ids of the rows by name, the subscriptions by team, what was scheduled, and the secrets by column."""

    ids: dict[str, str]
    made: dict[str, Made]
    changes: dict[str, str]
    manager: Account
    number: str
    secrets: dict[str, str | None]

    def input(self, mutation: str, team: str) -> dict[str, object]:
        """The input of a mutation, about the subscription of a team if it is about one."""
        home, seen = self.ids["home"], {"subscriptionId": self.made[team].id, "version": 1}
        today, paid = datetime.now(UTC).date(), {"invoiceNumber": self.number, "amount": "1"}
        inputs: dict[str, dict[str, object]] = {
            "addSeats": {**seen, "seats": 1},
            "reduceSeats": {**seen, "seats": 1},
            "setAutoRenew": {**seen, "autoRenew": True},
            "renewSubscription": {**seen, "months": 12},
            "cancelScheduledChange": {"changeId": self.changes[team]},
            "moveSeats": {**seen, "seats": 1, "toTeamId": self.ids["branch" if team == "home" else "home"]},
            "setContactPerson": {"contractId": self.ids["contract"], "userId": self.manager.id},
            "createContract": {"teamId": home, "currency": "EUR"},
            "addSubscription": {
                "teamId": home, "productId": self.made[team].product, "seats": 1, "startsOn": today.isoformat(),
                "endsOn": day(30).isoformat(), "contractId": self.ids["contract"],
            },
            "recordPayment": {**paid, "receivedOn": today.isoformat(), "reference": "Transfer"},
            "creditInvoice": {**paid, "reason": "A mistake."},
            "sendAnnouncement": {"subject": "New", "text": "Here.", "teamIds": [home]},
            "setNoticePreferences": {"teamId": home, "kind": "AUTO_RENEW_CHANGED", "delivery": "DIGEST"},
        }  # fmt: skip
        return inputs[mutation]


async def actors(world: World, teams: dict[str, str]) -> tuple[Account, dict[str, str | None]]:
    """The contract manager of the home team, and the secret of each column."""
    people: dict[str, Account] = {}
    for (team, id_), (name, role) in product(teams.items(), ROLES.items()):
        people[f"{name} of {team}"] = await world.member(id_, role)
    secrets: dict[str, str | None] = {name: one.secret for name, one in people.items()}
    for name in ("coordinator of home", "manager of home"):
        await world.prove(people[name].id)
        await world.authenticator(people[name].id)
    manager = people["manager of home"]
    secrets["unproven"] = (await world.member(teams["home"], Role.CONTRACT_MANAGER)).secret
    former = await world.member(teams["home"], Role.CONTRACT_MANAGER)
    await world.leave(teams["home"], former.id)
    secrets["former"], secrets["anonymous"] = former.secret, None
    for name, team, grantor, missing in (
        ("token", "home", "manager", None),
        ("token that may not amend", "home", "manager", Scope.CONTRACTS_AMEND),
        ("token that may not read", "home", "manager", Scope.CONTRACTS_READ),
        ("token of a coordinator", "home", "coordinator", None),
        ("token of the branch", "branch", "manager", None),
        ("revoked token", "home", "manager", None),
    ):
        scopes = set(Scope) - {missing}
        token, secrets[name] = await world.token(teams[team], people[f"{grantor} of {team}"].id, *scopes)
        if name == "revoked token":
            await world.revoke(token)
    return manager, secrets


@pytest.fixture(scope="module")
async def scene(world: World) -> Scene:
    """A contract with a subscription of three free seats in each of its teams, and a reduction of another one."""
    home = await world.team(requires_second_factor=True)
    teams = {"home": home, "branch": await world.team(), "elsewhere": await world.team()}
    manager, secrets = await actors(world, teams)
    contract, term = await make_contract(world, home, teams["branch"]), (day(-100), day(99))
    made, changes = {}, {}
    for team in ("home", "branch"):
        made[team] = await make_subscription(world, contract, teams[team], term, 3)
        reduced = await make_subscription(world, contract, teams[team], term, 3)
        changes[team] = await schedule(world, reduced, 1, effective_on=day(100))
    placed = await order(world, made["home"])
    assert placed.invoice_id is not None
    ids = {**teams, "contract": contract, "order": placed.id, "invoice": placed.invoice_id}
    ids |= {"ofHome": made["home"].id, "ofBranch": made["branch"].id}
    return Scene(ids, made, changes, manager, await invoice_number(world, placed), secrets)


@pytest.mark.parametrize("row", TABLE)
async def test_each_column_gets_its_outcome_and_a_denial_changes_nothing(
    client: Client, world: World, scene: Scene, row: str
) -> None:
    mutation, _, team = row.partition(" of ")
    text, given = operation(mutation, "errors { code }"), scene.input(mutation, team or "home")
    expected = dict(zip(COLUMNS, map(CODES.__getitem__, TABLE[row].split()), strict=True))
    before, outcomes = await world.fingerprint(), {}
    for column, codes in expected.items():
        # What is allowed is tried only, so that all columns find the same state.
        answer = await client(text, scene.secrets[column], input={**given, "dryRun": not codes})
        outcomes[column] = answer.codes
        if not answer.codes:
            assert answer.data[mutation]["errors"] == []
    assert outcomes == expected
    assert await world.fingerprint() == before


@pytest.mark.parametrize("selection", READS)
async def test_each_column_reads_what_it_may(client: Client, scene: Scene, selection: str) -> None:
    expected = dict(zip(COLUMNS, map(CODES.__getitem__, READS[selection].split()), strict=True))
    # All variables are used, as GraphQL wants it.
    unused = " ".join(f'{name}: node(id: ${name}) @include(if: false) {{ id }}' for name in
                      ("home", "contract", "ofHome", "ofBranch", "order", "invoice"))  # fmt: skip
    text = f"{READ} {selection} {unused} }}"
    ids = {name: id_ for name, id_ in scene.ids.items() if f"${name}:" in READ}
    assert {column: (await client(text, scene.secrets[column], **ids)).codes for column in COLUMNS} == expected


@pytest.mark.parametrize("missing", ["home", "from", "to"])
@pytest.mark.parametrize("instead", [None, *ROLES])
async def test_seats_move_only_with_the_right_in_both_teams_and_in_the_home_team(
    client: Client, world: World, missing: str, instead: str | None
) -> None:
    teams = {name: await world.team() for name in ("home", "from", "to")}
    who = await world.person()
    for name, team in teams.items():
        role = ROLES["manager"] if name != missing else ROLES.get(instead or "")
        if role is not None:
            await world.member(team, role, who)
    contract = await make_contract(world, *teams.values())
    made = await make_subscription(world, contract, teams["from"], (day(-9), day(9)), 3)
    given = {"subscriptionId": made.id, "version": 1, "seats": 1, "toTeamId": teams["to"]}
    before = await world.fingerprint()
    for dry_run in (True, False):
        answer = await client(operation("moveSeats"), who.secret, input={**given, "dryRun": dry_run})
        if instead == "manager":
            assert answer.data["moveSeats"]["errors"] == []
        else:
            unknown = instead is None and missing == "to"
            assert answer.codes == (["NOT_FOUND"] if unknown else ["FORBIDDEN"])
    assert (await world.fingerprint() == before) is (instead != "manager")


async def test_a_manager_of_the_home_team_amends_what_the_branch_has_and_is_shown_nothing_of_it(
    client: Client, world: World, scene: Scene
) -> None:
    shown = "subscription { id team { id } seats terms { n } } pools { id } seatEdges { cursor }"
    ordered = "order { kind lines { quantity team { id } subscription { id } } }"
    text = operation("addSeats", f"{shown} {ordered} errors {{ code }}")
    made = await make_subscription(world, scene.ids["contract"], scene.ids["branch"], (day(-9), day(9)), 3)
    given = {"subscriptionId": made.id, "version": 1, "seats": 1}
    for dry_run in (True, False):
        answer = await client(text, scene.secrets["manager of home"], input={**given, "dryRun": dry_run})
        assert answer.data["addSeats"] == {
            "subscription": None,
            "pools": [],
            "seatEdges": [],
            "order": {"kind": "SEATS", "lines": [{"quantity": 1, "team": None, "subscription": None}]},
            "errors": [],
        }


@pytest.mark.parametrize("missing", [None, Scope.SEATS_READ])
async def test_a_reduction_tells_of_chosen_seats_only_those_who_may_read_seats(
    client: Client, world: World, missing: Scope | None
) -> None:
    team = await world.team()
    manager = await world.member(team, Role.CONTRACT_MANAGER)
    made = await make_subscription(world, await make_contract(world, team), team, (day(-9), day(9)), 3)
    held = await world.give_seat(team, made.product, manager.id)
    free = next(one for one in made.seats if one != held)
    _, secret = await world.token(team, manager.id, *(set(Scope) - {missing}))
    given, told = {"subscriptionId": made.id, "version": 1, "seats": 1, "dryRun": True}, []
    for seat in (held, free):
        answer = await client(operation("reduceSeats", "errors { code }"), secret, input={**given, "seatIds": [seat]})
        told.append(answer.codes or [one["code"] for one in answer.data["reduceSeats"]["errors"]])
    assert told == ([[], ["SEAT_CHANGED"]] if missing is None else [["NOT_FOUND"]] * 2)


def test_no_published_field_renews_subscriptions_by_the_right_of_the_calendar() -> None:
    types = node_types()
    published = {action_of(types[name].fields[field]) for name, field in guarded_fields() if name in types}
    assert Action.SUBSCRIPTIONS_RENEW.value not in {*published, *mutation_actions().values()}
