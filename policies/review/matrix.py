"""Tables that people can read: what each role may do, as Markdown or as plain grids."""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from domain.actions import Action
from domain.roles import Role, Standing
from policies import facts
from policies.engine.policy import Policy
from policies.engine.table import Cell, Outcome, Table
from policies.review.conditions import Condition, conditions

_HEAD = """\
# Who may do what

Generated from `policy.polar` by `usher policy matrix --markdown`; `permissions.lock` has every single decision.
*own*: only for the person's own rows. *No second factor*: a coordinator or contract manager of a team that requires a
second factor of them, if the session has none. A partner token acts for its grantor, with the grantor's present role;
it has no second factor if the grantor has set up none. *System*: a command or a job of Usher itself.
"""
_NO = "no"
_UNPROVEN, _NO_SECOND_FACTOR = (Standing.UNPROVEN_COORDINATOR, Standing.UNPROVEN_MANAGER), "No second factor"
_OUTSIDE = ("Action", "Not signed in", "Person", "Partner token", "System")
_BUSINESS = ("Action", "Not signed in", "Person", "Vendor's staff", "Partner token", "System")


class Grid(NamedTuple):
    """A table with a title and a row for each action."""

    title: str
    head: tuple[str, ...]
    rows: list[list[str]]


def grids(policy: Policy, decisions: Table) -> list[Grid]:
    """Return four tables: the gateway and the business by kind of subject, then persons and tokens by role.

    A cell is `no`, `yes`, `scope` (yes, with the scope of the action's name) or `own` (only for own rows). It may end
    in `, except` and the cases that are denied.
    """
    gateway, business, others = _split(policy)
    roles = ("No role", *map(_title, Role), _NO_SECOND_FACTOR)

    def cells(subject: type[facts.Subject], action: Action) -> list[str]:
        kind = policy.kinds[action]

        def cell(role: Role | Standing | None) -> str:
            return _token_cell(_outcomes(action, subject, facts.targets_of_role(kind, role), decisions))

        return [*map(cell, (None, *Role)), _common(map(cell, _UNPROVEN))]

    return [
        Grid("The gateway", _OUTSIDE, [[action.value, *_everybody(action, decisions)] for action in gateway]),
        Grid("The vendor's business", _BUSINESS, [[action.value, *_staff(action, decisions)] for action in business]),
        Grid(
            "In a team, by the person's role there",
            ("Action", "Not signed in", *roles, "System"),
            [
                [
                    action.value,
                    _anonymous(policy, action, decisions),
                    *cells(facts.Person, action),
                    _system(policy, action, decisions),
                ]
                for action in others
            ],
        ),
        Grid(
            "In a team with a partner token, by its grantor's role there",
            ("Action", *roles),
            [[action.value, *cells(facts.Partner, action)] for action in others],
        ),
    ]


def markdown(policy: Policy, decisions: Table) -> str:
    """Return the text of docs/permissions.md."""
    gateway, business, others = _split(policy)
    sections = (
        ("## The gateway", _OUTSIDE, ([f"`{action}`", *_everybody(action, decisions)] for action in gateway)),
        ("## The vendor's business", _BUSINESS, ([f"`{action}`", *_staff(action, decisions)] for action in business)),
        (
            "## In a team",
            (
                "Action",
                "On",
                "Not signed in",
                "No role",
                *map(_title, Role),
                _NO_SECOND_FACTOR,
                "Partner token",
                "System",
            ),
            _teams(policy, others, decisions),
        ),
    )
    return "\n".join([_HEAD, *(f"{title}\n\n{_grid(head, rows)}\n" for title, head, rows in sections)])


def _split(policy: Policy) -> tuple[list[Action], list[Action], list[Action]]:
    """Return the actions on the gateway, those on the business of the vendor, and those in teams."""
    gateway = [action for action in Action if policy.kinds[action] is facts.Gateway]
    business = [action for action in Action if policy.kinds[action] is facts.Business]
    return gateway, business, [action for action in Action if issubclass(policy.kinds[action], facts.InTeam)]


def _everybody(action: Action, decisions: Table) -> Iterator[str]:
    for subject in facts.SUBJECTS:
        yield "yes" if decisions[Cell(action, subject, facts.GATEWAY)] is Outcome.ALLOW else _NO


def _staff(action: Action, decisions: Table) -> Iterator[str]:
    """Yield the cells of an action on the business: each kind of subject, and a person of the vendor's staff."""
    columns = [(kind, staff) for kind in facts.SUBJECTS for staff in (False, True) if kind is facts.Person or not staff]
    for subject, staff in columns:
        yield "yes" if decisions[Cell(action, subject, facts.Business(staff))] is Outcome.ALLOW else _NO


def _teams(policy: Policy, actions: list[Action], decisions: Table) -> Iterator[list[str]]:
    for action in actions:
        kind = policy.kinds[action]
        by_role = [
            _cell(_outcomes(action, facts.Person, facts.targets_of_role(kind, role), decisions))
            for role in (None, *Role, *_UNPROVEN)
        ]
        yield [
            f"`{action}`",
            kind.__name__.lower(),
            _anonymous(policy, action, decisions),
            *by_role[: -len(_UNPROVEN)],
            _common(by_role[-len(_UNPROVEN) :]),
            _partner(action, kind, decisions),
            _system(policy, action, decisions),
        ]


def _anonymous(policy: Policy, action: Action, decisions: Table) -> str:
    return _cell(_outcomes(action, facts.Anonymous, facts.targets_of_kind(policy.kinds[action]), decisions))


def _system(policy: Policy, action: Action, decisions: Table) -> str:
    """Return the text for commands and jobs, which never have a role."""
    return _cell(_outcomes(action, facts.System, facts.targets_of_role(policy.kinds[action], None), decisions))


def _outcomes(
    action: Action, subject: type[facts.Subject], targets: Iterable[facts.Target], decisions: Table
) -> dict[facts.Target, Outcome]:
    return {target: decisions[Cell(action, subject, target)] for target in targets}


def _token_cell(outcomes: Mapping[facts.Target, Outcome]) -> str:
    given = set(outcomes.values()) - {Outcome.DENY}
    if given == {Outcome.SCOPE}:
        granted: dict[facts.Target, Outcome] = {
            t: Outcome.ALLOW if outcome is Outcome.SCOPE else outcome for t, outcome in outcomes.items()
        }
        text = _cell(granted)
        return text.replace("yes", "scope") if text.startswith("yes") else f"{text}, scope"
    return "see permissions.lock" if Outcome.SCOPE in given else _cell(outcomes)


def _cell(outcomes: Mapping[facts.Target, Outcome]) -> str:
    """Return the text of a cell: on which of these targets the action is allowed."""
    refused = [target for target, outcome in outcomes.items() if outcome is not Outcome.ALLOW]
    if not refused:
        return "yes"
    if len(refused) == len(outcomes):
        return _NO
    if conditions(outcomes.keys() - refused, outcomes) == [{"own": True}]:
        return "own"
    return "yes, except " + " or ".join(map(_condition_text, conditions(refused, outcomes)))


def _common(cells: Iterable[str]) -> str:
    """Return the text of equal cells."""
    one, *others = dict.fromkeys(cells)
    return "see `permissions.lock`" if others else one


def _partner(action: Action, kind: type[facts.Target], decisions: Table) -> str:
    """Return the text that compares what a token may do with what its grantor may do."""
    pairs = {
        (decisions[Cell(action, facts.Person, target)], decisions[Cell(action, facts.Partner, target)])
        for target in facts.targets_of_kind(kind)
    }
    if all(token is Outcome.DENY for _, token in pairs):
        return _NO
    if pairs <= {(Outcome.ALLOW, Outcome.SCOPE), (Outcome.DENY, Outcome.DENY)}:
        return f"as its grantor, with the scope `{action}`"
    if all(person is token for person, token in pairs):
        return "as its grantor, without a scope"
    return "differs from its grantor: see `permissions.lock`"


def _condition_text(condition: Condition) -> str:
    return " and ".join(f"{name} = {str(value).lower()}" for name, value in condition.items())


def _title(role: Role) -> str:
    return role.value.replace("_", " ").capitalize()


def _grid(head: tuple[str, ...], rows: Iterable[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)
