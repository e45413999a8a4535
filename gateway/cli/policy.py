"""`usher policy …`: look at a policy, check it, compare it."""

import sys
from dataclasses import fields
from pathlib import Path
from typing import Annotated, TypeVar

import typer
from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Column
from rich.table import Table as Grid

from domain.actions import Action, Scope
from domain.roles import Role
from gateway import serving
from gateway.cli import policy_impact
from gateway.cli.failures import Unusable, command
from gateway.runtime import settings
from policies import facts
from policies.engine.gates import checked
from policies.engine.policy import Policy, read
from policies.engine.table import Cell, Table, render, stale, table
from policies.explain import explain as explained
from policies.review import cases
from policies.review.diff import compare
from policies.review.matrix import grids, markdown
from schema.build import build

E = TypeVar("E", Action, Role, Scope)

NO_ROLE = "none"
CASES = settings.ROOT / "tests" / "policies" / "cases.yaml"
LOCK = "permissions.lock"
STYLES = {"yes": "green", "no": "dim", "own": "yellow", "scope": "cyan"}

File = Annotated[Path | None, typer.Argument(help="The policy file; default: the one Usher runs with.")]
Option = Annotated[Path | None, typer.Option("--policy", help="The policy file; default: the one Usher runs with.")]

app = typer.Typer(no_args_is_help=True, help="The policy: what it allows, whether it is sound, what a change changes.")


@app.command()
@command
def lint(file: File = None) -> None:
    """Pass a policy through every gate; each finding names its line and how to mend it."""
    policy, decisions = _gated(file)
    build(policy)
    typer.echo(f"{policy.file}: {len(policy.source.rules)} rules, {len(decisions)} decisions, nothing to mend.")


@app.command()
@command
def matrix(
    file: File = None,
    *,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown: docs/permissions.md.")] = False,
    check: Annotated[Path | None, typer.Option(help="Compare the Markdown with this file instead.")] = None,
) -> None:
    """Show who may do what: a row for each action, a column for each kind of subject and each role."""
    policy, decisions = _gated(file)
    if check is not None:
        if _text(check) != markdown(policy, decisions):
            raise Unusable(f"{check} is stale; write it anew: usher policy matrix --markdown > {check}")
    elif as_markdown:
        sys.stdout.write(markdown(policy, decisions))
    else:
        _show(policy, decisions)


@app.command()
@command
def explain(
    action: Annotated[str, typer.Argument(help="Such as seats:assign.")],
    *,
    role: Annotated[str | None, typer.Option(help="In the team; of a token: its grantor's; or none.")] = None,
    partner: Annotated[bool, typer.Option("--partner", help="For a partner token instead of a person.")] = False,
    scope: Annotated[list[str] | None, typer.Option(help="A scope the token has; may be repeated.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="For nobody signed in.")] = False,
    fact: Annotated[list[str] | None, typer.Option(help="Such as own=true; may be repeated.")] = None,
    file: Option = None,
) -> None:
    """Say which rule allows it, or the smallest change that would. What is left out stands for all its values."""
    policy = Policy.load(_chosen(file))
    asked = _one(Action, action, "action")
    subject = _subject(asked, scope or [], partner=partner, anonymous=anonymous)
    for target in _targets(policy, asked, role, fact or []):
        found = explained(policy, subject, asked, target)
        cell = " ".join(str(Cell(asked, type(subject), target)).split())
        typer.echo(f"{cell}: {found.text if found.allowed else f'denied: {found.text}'}")


@app.command()
@command
def test(
    file: Annotated[Path, typer.Argument(metavar="[CASES]", help="Cases in YAML; default: Usher's own.")] = CASES,
    *,
    policy_file: Option = None,
) -> None:
    """Try a policy on cases: role, action and relation, and what is expected."""
    policy = Policy.load(_chosen(policy_file))
    known = cases.read(policy, read(file), str(file))
    failures = cases.failures(policy, known)
    for failure in failures:
        typer.echo(f"{file}: {failure}")
    cells = {cell for case in known for cell in case.cells}
    if failures:
        raise Unusable(f"{len(failures)} of {len(cells)} decisions are not as expected; mend the policy or the cases.")
    typer.echo(f"{len(known)} cases hold; they speak of {len(cells)} decisions.")


@app.command()
@command
def lock(
    file: File = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Only say whether it is fresh.")] = False,
) -> None:
    """Write every decision to permissions.lock beside the policy, if the policy passes every gate."""
    path = _chosen(file).with_name(LOCK)
    policy, decisions = _gated(file)
    if not check:
        path.write_text(render(decisions), encoding="utf-8")
        typer.echo(f"{path}: {len(decisions)} decisions.")
    elif difference := stale(_text(path), decisions):
        typer.echo(difference)
        raise Unusable(f"{path} is not what {policy.file} decides; review the difference, then run: usher policy lock")


@app.command()
@command
def diff(
    old: Annotated[Path, typer.Argument(help="The policy before.")],
    new: Annotated[Path, typer.Argument(help="The policy after.")],
    *,
    people: Annotated[bool, typer.Option(help="Name who gains and loses in this database.")] = True,
) -> None:
    """List the decisions that change, and the people and partner tokens to whom that means something."""
    # The one before need not pass the gates that came after it.
    shifts = compare(table(Policy.load(old)), _gated(new)[1])
    for shift in shifts:
        typer.echo(str(shift))
    gained = sum(shift.gained for shift in shifts)
    typer.echo(f"{gained} decisions allow more, {len(shifts) - gained} allow less.")
    if shifts and people:
        with serving.engine(settings.load()) as (runner, engine):
            for line in runner.run(policy_impact.told(engine, shifts)):
                typer.echo(line)


def _chosen(file: Path | None) -> Path:
    return settings.load().policy if file is None else file


def _gated(file: Path | None) -> tuple[Policy, Table]:
    policy = Policy.load(_chosen(file))
    return policy, checked(policy)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise Unusable(f"{path} cannot be read: {reason}.") from error


def _show(policy: Policy, decisions: Table) -> None:
    console = Console()
    notes: dict[str, int] = {}
    for grid in grids(policy, decisions):
        first, *others = grid.head
        shown = Grid(
            Column(first, no_wrap=True),
            *others,
            title=grid.title,
            title_justify="left",
            title_style="bold",
            box=SIMPLE_HEAD,
        )
        for action, *cells in grid.rows:
            shown.add_row(action, *(_cell(cell, notes) for cell in cells))
        console.print(shown)
    for note, number in notes.items():
        console.print(f"{number}) except {note}", markup=False, highlight=False)
    console.print(f"{policy.file} {policy.hash[:12]}", style="dim", markup=False, highlight=False)


def _cell(text: str, notes: dict[str, int]) -> str:
    """A cell with its exception as a footnote, so that all columns fit on a screen."""
    word, _, note = text.partition(", except ")
    mark = f" {notes.setdefault(note, len(notes) + 1)})" if note else ""
    style = STYLES.get(word.partition(",")[0], "red")
    return f"[{style}]{word}{mark}[/]"


def _one(kind: type[E], word: str, noun: str) -> E:
    try:
        return kind(word)
    except ValueError:
        raise Unusable(f"Unknown {noun} '{word}'; use one of {', '.join(kind)}.") from None


def _subject(action: Action, scopes: list[str], *, partner: bool, anonymous: bool) -> facts.Subject:
    if anonymous and partner:
        raise Unusable("--anonymous and --partner exclude each other; leave one out.")
    if scopes and not partner:
        raise Unusable("Only a partner token has scopes; add --partner, or leave --scope out.")
    if not partner:
        return facts.ANONYMOUS if anonymous else facts.PERSON
    carried = [_one(Scope, word, "scope").action for word in scopes]
    return facts.subjects_of(facts.Partner, action)[action in carried]


def _targets(policy: Policy, action: Action, role: str | None, given: list[str]) -> list[facts.Target]:
    """The targets that the role and the facts leave possible."""
    kind = policy.kinds[action]
    names = [field.name for field in fields(kind) if field.name != "role"]
    wanted = dict(_fact(action, names, text) for text in given)
    if len(wanted) < len(given):
        raise Unusable("A fact is given twice; give each once, or leave it out for both of its values.")
    if role is not None and not issubclass(kind, facts.InTeam):
        raise Unusable(f"{action} is decided on the gateway, where nobody has a role; leave --role out.")
    if role not in (None, NO_ROLE, *Role):
        raise Unusable(f"Unknown role '{role}'; use one of {NO_ROLE}, {', '.join(Role)}.")
    targets = facts.all_of(kind) if role is None else facts.every(kind, None if role == NO_ROLE else Role(role))
    return [target for target in targets if all(getattr(target, name) is value for name, value in wanted.items())]


def _fact(action: Action, names: list[str], text: str) -> tuple[str, bool]:
    name, _, value = text.partition("=")
    if name not in names:
        known = f"it has: {', '.join(names)}" if names else "it has none"
        raise Unusable(f"{action} has no fact '{name}'; {known}.")
    if value not in ("true", "false"):
        raise Unusable(f"A fact is true or false; write {name}=true or {name}=false.")
    return name, value == "true"
