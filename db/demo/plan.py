"""Generate the rows that `seed` loads from one number: teams of very different sizes, people, pools and usage."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from random import Random
from typing import NamedTuple

from db.demo import names
from db.demo.contracts import Agreed, Contracts, Deal
from db.demo.names import CATALOGUE
from db.demo.rows import FormerHolder, Holder, Rows, Subscription
from domain.roles import Role
from domain.seats import Source, SourceKind

DAY = timedelta(days=1)
PRICES = (4_900, 12_000, 29_900, 80_000, 159_900)
TAX_RATE = 1_900
# Times before the first day of usage, in the order in which things happen, so that each can refer to the earlier ones:
# teams are created, people join, subscriptions start.
TEAMS_CREATED_FROM = 2000 * DAY
TEAMS_CREATED_UNTIL = 500 * DAY
PEOPLE_JOINED_UNTIL = 310 * DAY
SUBSCRIBED_FROM = 300 * DAY
SUBSCRIBED_UNTIL = 15 * DAY
MEMBERS_PER_MANAGER = 100
MEMBERS_PER_COORDINATOR = 25


class Sizes(NamedTuple):
    """How much to load. Each held seat is used on nearly all of the `usage_days` days before today."""

    teams: int
    users: int
    seats: int
    usage_days: int


@dataclass
class Team:
    """A generated team. `members` maps user ids to the times of joining; the first one is a contract manager."""

    id: str
    name: str
    created_at: datetime
    members: dict[str, datetime] = field(default_factory=dict)

    @property
    def manager(self) -> str:
        """Return the user id of the contract manager, who assigns the seats."""
        return next(iter(self.members))


class GroupProduct(NamedTuple):
    """A group, its members, and a product that it gives to them."""

    group_id: str
    product_id: str
    members: frozenset[str]


def generate(sizes: Sizes, seed: int, today: date) -> Rows:
    """Return the rows for these sizes. The same arguments give the same rows."""
    plan = _Plan(Random(seed), today, sizes.usage_days)  # noqa: S311 - the rows must be repeatable
    products = plan.products()
    teams = plan.people(sizes.teams, sizes.users)
    for team, seats in zip(teams, apportion(sizes.seats, [len(team.members) for team in teams]), strict=True):
        if seats:
            plan.seats(team, plan.pools(team, seats, products))
    plan.contracts.bill()
    return plan.rows


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Divide the total into whole numbers in proportion to the weights (by the largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: shares[index] - exact[index])
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


class _Plan:
    def __init__(self, random: Random, today: date, usage_days: int) -> None:
        self.random = random
        self.team_names = Counter[str]()
        self.rows = Rows(random)
        self.contracts = Contracts(self.rows, today)
        self.today = today
        self.now = datetime.combine(today, time(), UTC)
        self.first_usage = self.now - usage_days * DAY

    def products(self) -> list[str]:
        """Add the products of the catalogue with four yearly releases each, and return their ids."""
        years = range(self.today.year - 4, self.today.year)
        product_ids = []
        for name, description in CATALOGUE:
            day = DAY * self.random.randrange(365)
            releases = {str(year + 1): date(year, 1, 1) + day for year in years}
            product_ids.append(self.rows.product(name, description, releases))
        return product_ids

    def _team_name(self) -> str:
        """Return a random name that no other team has."""
        name = names.team(self.random)
        self.team_names[name] += 1
        number = self.team_names[name]
        return name if number == 1 else f"{name} {number}"

    def people(self, teams: int, users: int) -> list[Team]:
        """Add the teams and the accounts. Each person is in one team, and about one in twenty is in a second team."""
        sizes = apportion(users - teams, [self.random.paretovariate(1.2) - 0.9 for _ in range(teams)])
        team_list = []
        number = 0
        for size in sizes:
            created_at = self._between(self.first_usage - TEAMS_CREATED_FROM, self.first_usage - TEAMS_CREATED_UNTIL)
            separation = not self.random.randrange(10)
            name = self._team_name()
            team_id = self.rows.team(name, created_at, separation_of_duties=separation)
            team = Team(team_id, name, created_at)
            for index in range(size + 1):
                number += 1
                first, last, local = names.person(self.random)
                joined_at = self._between(created_at, self.first_usage - PEOPLE_JOINED_UNTIL)
                user_id = self.rows.user((first, last), f"{local}.{number}@example.com", joined_at)
                self._join(team, user_id, role(index), joined_at)
            team_list.append(team)
        self._second_teams(team_list, users // 20)
        return team_list

    def _join(self, team: Team, user_id: str, role: Role, at: datetime) -> None:
        team.members[user_id] = at
        self.rows.member(team.id, user_id, role, at)

    def _second_teams(self, teams: list[Team], people: int) -> None:
        for _ in range(people):
            home, other = self.random.choice(teams), self.random.choice(teams)
            user_id, joined_at = self.random.choice(list(home.members.items()))
            if user_id not in other.members:
                at = self._between(max(joined_at, other.created_at), self.first_usage - PEOPLE_JOINED_UNTIL)
                self._join(other, user_id, Role.USER, at)

    def pools(self, team: Team, seats: int, products: list[str]) -> list[list[Subscription]]:
        """Add the team's subscriptions. Returns a list for each product, with the subscription of each of its seats."""
        # One product more than the number of seats for each member, so that most seats of a product can be held.
        wanted = max(ceil(seats / len(team.members)) + 1, self.random.randint(3, 8))
        chosen = self.random.sample(products, min(wanted, seats, len(products)))
        contract = self.contracts.contract(team.id, team.name, team.created_at, tax_rate=TAX_RATE, contact=team.manager)
        team_pools = []
        for product_id, size in zip(chosen, apportion(seats, self._weights(len(chosen))), strict=True):
            pool: list[Subscription] = []
            for part in apportion(size, self._weights(self.random.randint(1, 3))):
                if part:
                    pool += [self._subscription(contract, team, product_id)] * part
            team_pools.append(pool)
        return [pool for pool in team_pools if pool]

    def _weights(self, count: int) -> list[float]:
        return [self.random.uniform(0.7, 1.3) for _ in range(count)]

    def _subscription(self, contract: Agreed, team: Team, product_id: str) -> Subscription:
        """Add a subscription that renews itself each year, and began before the days of usage."""
        starts_at = self._between(self.first_usage - SUBSCRIBED_FROM, self.first_usage - SUBSCRIBED_UNTIL)
        deal = Deal(self.random.choice(PRICES))
        return self.contracts.subscription(contract, team.id, product_id, starts_at.date(), deal, team.manager)

    def seats(self, team: Team, pools: list[list[Subscription]]) -> None:
        """Add the seats of the pools. About seven in eight are held, if there are enough members."""
        members = list(team.members)
        group_products = self._groups(team, [pool[0].product_id for pool in pools])
        for pool in pools:
            held = min(len(members), round(len(pool) * self.random.uniform(0.75, 1)))
            former = min(len(members) - held, len(pool) // 10)
            people = self.random.sample(members, held + former)
            holders, formers = people[:held], people[held:]
            for index, subscription in enumerate(pool):
                # Somebody else held some seats before: the first of those that are held, and the first available ones.
                before = formers.pop() if formers and (index < former // 2 or index >= held) else None
                if index < held:
                    self._held(subscription, holders[index], before, team.manager, group_products)
                else:
                    self._available(subscription, before, team.manager)

    def _groups(self, team: Team, products: list[str]) -> list[GroupProduct]:
        """Add a few groups to a third of the teams. Each group gives one or two products."""
        if self.random.randrange(3) or len(team.members) == 1:
            return []
        group_products = []
        at = self._between(self.first_usage - PEOPLE_JOINED_UNTIL, self.first_usage - SUBSCRIBED_FROM)
        for name in self.random.sample(names.GROUPS, self.random.randint(2, 5)):
            share = self.random.uniform(0.1, 0.4)
            members = self.random.sample(list(team.members), ceil(len(team.members) * share))
            group_id = self.rows.group(team.id, name, members, at)
            for product_id in self.random.sample(products, min(len(products), self.random.randint(1, 2))):
                group_products.append(GroupProduct(group_id, product_id, frozenset(members)))  # noqa: PERF401
        return group_products

    def _held(
        self, subscription: Subscription, user_id: str, former: str | None, by: str, group_products: list[GroupProduct]
    ) -> None:
        """Add a seat that is held. If another person held it before, it was reassigned in the days of usage."""
        assigned_at = self._between(subscription.starts_at, self.first_usage)
        since = assigned_at if former is None else self._between(self.first_usage, self.now)
        before = None if former is None else FormerHolder(former, assigned_at, since, by)
        sources = self._sources(subscription, user_id, group_products)
        seat_id = self.rows.seat(subscription, Holder(user_id, since, by, sources), before)
        first = max(since, self.first_usage).date()
        # One seat in thirty is no longer used, so that there are idle seats to find and to unassign.
        end = self.today if self.random.randrange(30) else self._between(self.first_usage, self.now).date()
        self.rows.use(subscription, seat_id, user_id, first, end)
        if former is not None:
            self.rows.use(subscription, seat_id, former, self.first_usage.date(), first)

    def _available(self, subscription: Subscription, former: str | None, by: str) -> None:
        if former is None:
            self.rows.seat(subscription)
        else:
            assigned_at = self._between(subscription.starts_at, self.first_usage)
            unassigned_at = self._between(assigned_at, self.first_usage)
            self.rows.seat(subscription, before=FormerHolder(former, assigned_at, unassigned_at, by))

    def _sources(
        self, subscription: Subscription, user_id: str, group_products: list[GroupProduct]
    ) -> tuple[Source, ...]:
        groups = tuple(
            Source(SourceKind.GROUP, group.group_id)
            for group in group_products
            if group.product_id == subscription.product_id and user_id in group.members
        )
        return groups if groups and self.random.randrange(5) else (Source(), *groups)

    def _between(self, start: datetime, end: datetime) -> datetime:
        return start + timedelta(seconds=self.random.randrange(max(1, int((end - start).total_seconds()))))


def role(index: int) -> Role:
    """Return the role of a team's member by its index: the first is a contract manager, and some are coordinators."""
    if index % MEMBERS_PER_MANAGER == 0:
        return Role.CONTRACT_MANAGER
    return Role.SOFTWARE_COORDINATOR if index % MEMBERS_PER_COORDINATOR == 1 else Role.USER
