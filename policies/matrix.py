"""The table for people: what each role may do, as Markdown."""

from collections.abc import Iterable, Iterator

from domain.actions import Action
from domain.roles import Role
from policies import facts
from policies.policy import Policy
from policies.table import Cell, Outcome, Table

_HEAD = """\
# Who may do what

Generated from `policy.polar`; `permissions.lock` has every single decision. *own*: one's own only.
A partner token acts for the person who granted it, with the role that person has now.
"""
_NO = "no"


def markdown(policy: Policy, decisions: Table) -> str:
    """The text of docs/permissions.md."""
    gateway = [action for action in Action if policy.kinds[action] is facts.Gateway]
    others = [action for action in Action if policy.kinds[action] is not facts.Gateway]
    sections = (
        ("## The gateway", ("Action", "Not signed in", "Person", "Partner token"), _gateway(gateway, decisions)),
        (
            "## In a team",
            ("Action", "On", "Not signed in", "No role", *(_title(role) for role in Role), "Partner token"),
            _teams(policy, others, decisions),
        ),
    )
    return "\n".join([_HEAD, *(f"{title}\n\n{_grid(head, rows)}\n" for title, head, rows in sections)])


def _gateway(actions: list[Action], decisions: Table) -> Iterator[list[str]]:
    for action in actions:
        outcomes = [decisions[Cell(action, subject, facts.GATEWAY)] for subject in facts.SUBJECTS]
        yield [f"`{action}`", *("yes" if outcome is Outcome.ALLOW else _NO for outcome in outcomes)]


def _teams(policy: Policy, actions: list[Action], decisions: Table) -> Iterator[list[str]]:
    for action in actions:
        kind = policy.kinds[action]

        def extent(subject: type[facts.Subject], targets: Iterable[facts.Target], action: Action = action) -> str:
            return _extent({target: decisions[Cell(action, subject, target)] for target in targets})

        yield [
            f"`{action}`",
            kind.__name__.lower(),
            extent(facts.Anonymous, facts.all_of(kind)),
            *(extent(facts.Person, facts.every(kind, role)) for role in (None, *Role)),
            _partner(action, kind, decisions),
        ]


def _extent(outcomes: dict[facts.Target, Outcome]) -> str:
    """On which of these targets it is allowed."""
    refused = [target for target, outcome in outcomes.items() if outcome is not Outcome.ALLOW]
    if not refused:
        return "yes"
    if len(refused) == len(outcomes):
        return _NO
    if all((target in refused) is not getattr(target, "own", None) for target in outcomes):
        return "own"
    return "yes, except " + " or ".join(_booleans(target) for target in refused)


def _partner(action: Action, kind: type[facts.Target], decisions: Table) -> str:
    """What a token may, measured by what its grantor may."""
    pairs = {
        (decisions[Cell(action, facts.Person, target)], decisions[Cell(action, facts.Partner, target)])
        for target in facts.all_of(kind)
    }
    if all(token is Outcome.DENY for _, token in pairs):
        return _NO
    if pairs <= {(Outcome.ALLOW, Outcome.SCOPE), (Outcome.DENY, Outcome.DENY)}:
        return f"as its grantor, with the scope `{action}`"
    if all(person is token for person, token in pairs):
        return "as its grantor, without a scope"
    return "otherwise than its grantor: see `permissions.lock`"


def _booleans(target: facts.Target) -> str:
    names = [name for name in type(target).__match_args__ if name != "role"]
    return " and ".join(f"{name} = {str(getattr(target, name)).lower()}" for name in names)


def _title(role: Role) -> str:
    return role.value.replace("_", " ").capitalize()


def _grid(head: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
