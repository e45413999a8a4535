"""What `seed` loads: teams of skewed sizes, their people, pools, holders and usage, drawn from one number."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from math import ceil
from random import Random
from typing import NamedTuple

from db.demo import names
from db.demo.names import CATALOGUE
from db.demo.rows import Hold, Period, Pool, Rows
from domain.roles import Role
from domain.seats import Source, SourceKind

DAY = timedelta(days=1)
YEAR = 365 * DAY
# How long before the days of usage things happened at the earliest, in this order, so that each can refer to the last:
# teams were made, people had joined, subscriptions started.
TEAMS_MADE = 2000 * DAY
TEAMS_MADE_BY = 500 * DAY
ALL_JOINED = 310 * DAY
SUBSCRIBED = 300 * DAY
SUBSCRIBED_BY = 15 * DAY
MEMBERS_A_MANAGER = 100
MEMBERS_A_COORDINATOR = 25


class Sizes(NamedTuple):
    """How much to load. Every seat that is held is used on nearly every one of the days before today."""

    teams: int
    users: int
    seats: int
    usage_days: int


@dataclass
class Team:
    """A team as far as it is drawn; `members` maps user ids to when they joined, the contract manager first."""

    id: str
    made_at: datetime
    members: dict[str, datetime] = field(default_factory=dict)

    @property
    def manager(self) -> str:
        """Who gives the seats."""
        return next(iter(self.members))


class Giving(NamedTuple):
    """A group and the product it gives its members."""

    group_id: str
    product_id: str
    members: frozenset[str]


def draw(sizes: Sizes, seed: int, today: date) -> Rows:
    """The rows of these sizes; the same arguments give the same rows."""
    plan = _Plan(Random(seed), today, sizes.usage_days)  # noqa: S311 - to repeat is the point
    products = plan.products()
    teams = plan.people(sizes.teams, sizes.users)
    for team, seats in zip(teams, apportion(sizes.seats, [len(team.members) for team in teams]), strict=True):
        if seats:
            plan.seats(team, plan.pools(team, seats, products))
    return plan.rows


def apportion(total: int, weights: Sequence[float]) -> list[int]:
    """Whole numbers in the proportion of the weights that add up to the total (largest remainders)."""
    exact = [total * weight / sum(weights) for weight in weights]
    shares = [int(share) for share in exact]
    by_remainder = sorted(range(len(exact)), key=lambda index: shares[index] - exact[index])
    for index in by_remainder[: total - sum(shares)]:
        shares[index] += 1
    return shares


class _Plan:
    def __init__(self, random: Random, today: date, usage_days: int) -> None:
        self.random = random
        self.rows = Rows(random)
        self.today = today
        self.now = datetime.combine(today, time(), UTC)
        self.first_usage = self.now - usage_days * DAY

    def products(self) -> list[str]:
        """The catalogue, with four yearly releases of each."""
        years = range(self.today.year - 4, self.today.year)
        found = []
        for name, description in CATALOGUE:
            day = DAY * self.random.randrange(365)
            releases = {str(year + 1): date(year, 1, 1) + day for year in years}
            found.append(self.rows.product(name, description, releases))
        return found

    def people(self, teams: int, users: int) -> list[Team]:
        """The teams with everybody in one; every twentieth is in another one too."""
        sizes = apportion(users - teams, [self.random.paretovariate(1.2) - 0.9 for _ in range(teams)])
        drawn = []
        number = 0
        for size in sizes:
            made_at = self._between(self.first_usage - TEAMS_MADE, self.first_usage - TEAMS_MADE_BY)
            separation = not self.random.randrange(10)
            team = Team(self.rows.team(names.team(self.random), made_at, separation_of_duties=separation), made_at)
            for place in range(size + 1):
                number += 1
                first, last, local = names.person(self.random)
                joined_at = self._between(made_at, self.first_usage - ALL_JOINED)
                user_id = self.rows.user((first, last), f"{local}.{number}@example.com", joined_at)
                self._join(team, user_id, role(place), joined_at)
            drawn.append(team)
        self._second_teams(drawn, users // 20)
        return drawn

    def _join(self, team: Team, user_id: str, role: Role, at: datetime) -> None:
        team.members[user_id] = at
        self.rows.member(team.id, user_id, role, at)

    def _second_teams(self, teams: list[Team], people: int) -> None:
        for _ in range(people):
            home, other = self.random.choice(teams), self.random.choice(teams)
            user_id, joined_at = self.random.choice(list(home.members.items()))
            if user_id not in other.members:
                at = self._between(max(joined_at, other.made_at), self.first_usage - ALL_JOINED)
                self._join(other, user_id, Role.USER, at)

    def pools(self, team: Team, seats: int, products: list[str]) -> list[list[Pool]]:
        """The team's pools: a list for each product with the subscription of each of its seats."""
        # One product more than seats a head: most seats of each can then find a holder.
        wanted = max(ceil(seats / len(team.members)) + 1, self.random.randint(3, 8))
        chosen = self.random.sample(products, min(wanted, seats, len(products)))
        drawn = []
        for product_id, size in zip(chosen, apportion(seats, self._weights(len(chosen))), strict=True):
            pool: list[Pool] = []
            for part in apportion(size, self._weights(self.random.randint(1, 3))):
                if part:
                    pool += [self._subscription(team, product_id)] * part
            drawn.append(pool)
        return [pool for pool in drawn if pool]

    def _weights(self, count: int) -> list[float]:
        return [self.random.uniform(0.7, 1.3) for _ in range(count)]

    def _subscription(self, team: Team, product_id: str) -> Pool:
        """A subscription of one or more whole years, with a month or more to go."""
        starts_at = self._between(self.first_usage - SUBSCRIBED, self.first_usage - SUBSCRIBED_BY)
        years = (self.now - starts_at + 30 * DAY) // YEAR + 1
        starts_on = starts_at.date()
        return self.rows.subscription(team.id, product_id, starts_on, starts_on + years * YEAR)

    def seats(self, team: Team, pools: list[list[Pool]]) -> None:
        """The seats of the pools: seven in eight held, as far as there are members; others were held before."""
        members = list(team.members)
        givings = self._groups(team, [pool[0].product_id for pool in pools])
        for pool in pools:
            held = min(len(members), round(len(pool) * self.random.uniform(0.75, 1)))
            former = min(len(members) - held, len(pool) // 10)
            people = self.random.sample(members, held + former)
            holders, formers = people[:held], people[held:]
            for place, subscription in enumerate(pool):
                # The first of the held seats were handed on, and the first of the available ones given back.
                before = formers.pop() if formers and (place < former // 2 or place >= held) else None
                if place < held:
                    self._held(subscription, holders[place], before, team.manager, givings)
                else:
                    self._available(subscription, before, team.manager)

    def _groups(self, team: Team, products: list[str]) -> list[Giving]:
        """A third of the teams have a few groups; each gives one or two products."""
        if self.random.randrange(3) or len(team.members) == 1:
            return []
        givings = []
        at = self._between(self.first_usage - ALL_JOINED, self.first_usage - SUBSCRIBED)
        for name in self.random.sample(names.GROUPS, self.random.randint(2, 5)):
            share = self.random.uniform(0.1, 0.4)
            members = self.random.sample(list(team.members), ceil(len(team.members) * share))
            group_id = self.rows.group(team.id, name, members, at)
            for product_id in self.random.sample(products, min(len(products), self.random.randint(1, 2))):
                givings.append(Giving(group_id, product_id, frozenset(members)))  # noqa: PERF401
        return givings

    def _held(self, pool: Pool, user_id: str, former: str | None, by: str, givings: list[Giving]) -> None:
        """A seat that is held; if somebody held it before, it was handed on in the days of usage."""
        given_at = self._between(pool.starts_at, self.first_usage)
        since = given_at if former is None else self._between(self.first_usage, self.now)
        before = None if former is None else Period(former, given_at, since, by)
        seat_id = self.rows.seat(pool, Hold(user_id, since, by, self._sources(pool, user_id, givings)), before)
        first = max(since, self.first_usage).date()
        # One in thirty has fallen idle: there is something to find and take back.
        end = self.today if self.random.randrange(30) else self._between(self.first_usage, self.now).date()
        self.rows.use(pool, seat_id, user_id, first, end)
        if former is not None:
            self.rows.use(pool, seat_id, former, self.first_usage.date(), first)

    def _available(self, pool: Pool, former: str | None, by: str) -> None:
        if former is None:
            self.rows.seat(pool)
        else:
            given_at = self._between(pool.starts_at, self.first_usage)
            taken_at = self._between(given_at, self.first_usage)
            self.rows.seat(pool, before=Period(former, given_at, taken_at, by))

    def _sources(self, pool: Pool, user_id: str, givings: list[Giving]) -> tuple[Source, ...]:
        groups = tuple(
            Source(SourceKind.GROUP, giving.group_id)
            for giving in givings
            if giving.product_id == pool.product_id and user_id in giving.members
        )
        return groups if groups and self.random.randrange(5) else (Source(), *groups)

    def _between(self, start: datetime, end: datetime) -> datetime:
        return start + timedelta(seconds=self.random.randrange(max(1, int((end - start).total_seconds()))))


def role(place: int) -> Role:
    """The role of a team's member by their place: a contract manager first, and some coordinators in a larger team."""
    if place % MEMBERS_A_MANAGER == 0:
        return Role.CONTRACT_MANAGER
    return Role.SOFTWARE_COORDINATOR if place % MEMBERS_A_COORDINATOR == 1 else Role.USER
