"""The part of the report that says how everything is measured."""

import platform

from bench import billing, fairness, large_teams, mix, views
from bench.dataset import DAYS
from bench.measure import Bench
from bench.services import PYTHON312


def lines(bench: Bench) -> list[str]:
    """Return the lines of this part."""
    return [
        "## How it is measured",
        "",
        *_contenders(bench),
        *_views(),
        *_mix(bench),
        *_large_teams(bench),
        *_billing(),
        "",
    ]


def _contenders(bench: Bench) -> list[str]:
    plan = bench.plan
    return [
        "- All contenders run at the same time, with one worker process each, on one embedded PostgreSQL. Only one of",
        f"  them gets requests at a time. Every figure is the median of {plan.repetitions} runs of {plan.seconds:g} s,",
        f"  after a warm-up of {plan.warm_up:g} s. In each repetition every contender has its turn, and the order",
        "  rotates.",
        "- Before and after the measurements, every contender gets all reads. Their answers must be equal, except for",
        "  cursors and the format of times and numbers. All get the same GraphQL documents; the floor uses only the",
        "  name of the operation.",
        "- In every request, each contender reads the signed-in actor by a session token, and checks the role in the",
        "  team. Usher also decides by the policy, reads at one moment and writes a log line; the others do not. For",
        "  the order by name, Usher uses an index that the statements of the others do not use.",
        *_python312(bench),
        "- The load generator keeps the given number of connections busy, each with one request at a time. It shares",
        "  the cores of the machine with the contender and the database.",
    ]


def _python312(bench: Bench) -> list[str]:
    if PYTHON312 not in bench.services:
        return [
            f"- {PYTHON312} is left out, because this machine has no Python 3.12 beside the Python that runs",
            "  the bench.",
        ]
    return [
        f"- {PYTHON312} has the packages of the same lock file. The bench, and all other contenders in Python,",
        f"  run on Python {platform.python_version()}.",
    ]


def _views() -> list[str]:
    return [
        "- In (e), pgbench runs a fixed list of statements, which a test holds by its SHA-256: those that Usher sent",
        "  at commit 43cee54. The floor assigns seats with the statements of commit 6ea10f5, which a test holds too.",
        "  So these figures do not change when Usher sends other statements.",
        "- The member page (f) reads a team with groups. Its second document also asks for the decisions of the policy",
        "  on each member, which only Usher can answer.",
    ]


def _mix(bench: Bench) -> list[str]:
    return [
        f"- The mix (g) goes to another Usher with {mix.WORKERS} workers, in runs of {bench.plan.mix:g} s. Each",
        "  connection repeats ten requests: twice the views (a), (b), (a), (c) and a change. All act as the",
        "  coordinator of the large team, and each connection changes the seat of a person of its own.",
        f"- In (i), the loud person sends requests for {fairness.HEAD_START + bench.plan.mix:g} s in each repetition.",
        "  The quiet one begins a second later. The percentiles are those over all repetitions.",
        "- The soak mixes the views (a), (b) and (c) in the ratio 18 : 1 : 1.",
    ]


def _large_teams(bench: Bench) -> list[str]:
    teams, members = bench.plan.large_teams
    return [
        f"- The large teams (h) are {teams:,} teams of {members:,} members in a database of their own, with another",
        f"  Usher. In both databases each member holds {large_teams.SEATS} seats, and has used them on {DAYS} days.",
        f"  One client reads pages of {views.WALKED} by cursor. Each repetition reads all members of one of the large",
        "  teams, and as many of the small team.",
    ]


def _billing() -> list[str]:
    return [
        f"- Each team of (j) has {billing.SUBSCRIPTIONS} subscriptions of a month. Each month has an order,",
        "  an invoice and a payment. The documents are those of web/documents.json. In each repetition, the contract",
        f"  manager of each team reads each screen {billing.REQUESTS} times, with {billing.PAGE} orders on a page. The",
        "  order of the teams rotates.",
    ]
