"""The sizes of the bench: a full run that writes RESULTS.md, and a smoke run that only shows that the bench works."""

from dataclasses import dataclass

from db.demo.seed import Sizes


@dataclass(frozen=True, slots=True)
class Plan:
    """The sizes of a run.

    `levels` are numbers of connections. `seconds` and `warm_up` are the length of one run under load and of its
    warm-up. `pages` are page sizes of the views of members, and `members` are numbers of members that a walk through
    view (b) reads. `walks` is how often each repetition measures the page walk. `bulk` is the number of people in one
    bulk assignment. `mix` is the length of one run of reads and changes together, in seconds. `soak` is how many
    requests one worker answers while its memory is recorded. `large_teams` is the number of large teams in one
    database, and the number of members of each. `orders` are numbers of orders of the teams whose bills are read.
    """

    sizes: Sizes
    levels: tuple[int, ...]
    repetitions: int
    seconds: float
    warm_up: float
    pages: tuple[int, ...]
    members: tuple[int, ...]
    walks: int
    bulk: int
    mix: float
    soak: int
    large_teams: tuple[int, int]
    orders: tuple[int, ...]


FULL = Plan(
    sizes=Sizes(teams=200, users=20_000, seats=100_000, usage_days=30),
    levels=(1, 8, 32),
    repetitions=5,
    seconds=1.5,
    warm_up=0.75,
    pages=(10, 50, 100),
    members=(50, 100, 250, 500, 1_000),
    walks=3,
    bulk=1_000,
    mix=5.0,
    soak=100_000,
    large_teams=(16, 5_000),
    orders=(5, 50, 500),
)

SMOKE = Plan(
    sizes=Sizes(teams=2, users=300, seats=1_200, usage_days=3),
    levels=(8,),
    repetitions=1,
    seconds=0.1,
    warm_up=0.1,
    pages=(10, 50),
    members=(50, 200),
    walks=1,
    bulk=100,
    mix=0.5,
    soak=100,
    large_teams=(2, 200),
    orders=(5, 50),
)
