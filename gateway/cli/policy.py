"""`usher policy …`: show a policy, check it, compare it."""

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
from domain.roles import Standing
from gateway import databases
from gateway.cli import policy_impact
from gateway.cli.failures import CommandFailed, command
from gateway.runtime import settings
from policies import facts
from policies.engine.gates import checked
from policies.engine.policy import Policy, read
from policies.engine.table import Cell, Table, lock_difference, render, table
from policies.explain import explain as explained
from policies.review import cases
from policies.review.diff import compare
from policies.review.matrix import grids, markdown

E = TypeVar("E", Action, Scope)

NO_ROLE = "none"
CASES = settings.ROOT / "tests" / "policies" / "review" / "cases.yaml"
LOCK = "permissions.lock"
STYLES = {"yes": "green", "no": "dim", "own": "yellow", "scope": "cyan"}

File = Annotated[Path | None, typer.Argument(help="The policy file; default: the one Usher runs with.")]
Option = Annotated[Path | None, typer.Option("--policy", help="The policy file; default: the one Usher runs with.")]

app = typer.Typer(no_args_is_help=True, help="The policy: what it allows, whether it is valid, what a change affects.")


@app.command()
@command
def lint(file: File = None) -> None:
    """Check a policy. Each finding names its line and how to correct it."""
    # The other commands about a policy do not need the schema, which takes a second to load.
    from schema.build import build  # noqa: PLC0415

    policy, decisions = _checked(file)
    build(policy)
    typer.echo(f"{policy.file}: {len(policy.source.rules)} rules, {len(decisions)} decisions, no findings.")


@app.command()
@command
def matrix(
    file: File = None,
    *,
    as_markdown: Annotated[bool, typer.Option("--markdown", help="As Markdown: docs/permissions.md.")] = False,
    check: Annotated[Path | None, typer.Option(help="Compare the Markdown with this file instead of printing.")] = None,
) -> None:
    """Show who may do what, with a row for each action and a column for each kind of subject and each role."""
    policy, decisions = _checked(file)
    if check is not None:
        if _text(check) != markdown(policy, decisions):
            raise CommandFailed(f"{check} is out of date. Write it again: usher policy matrix --markdown > {check}")
    elif as_markdown:
        sys.stdout.write(markdown(policy, decisions))
    else:
        _show(policy, decisions)


@app.command()
@command
def explain(
    action: Annotated[str, typer.Argument(help="For example seats:assign.")],
    *,
    role: Annotated[
        str | None, typer.Option(help="The role in the team, or `none`. For a token, the role of its grantor.")
    ] = None,
    partner: Annotated[bool, typer.Option("--partner", help="Explain for a partner token, not for a person.")] = False,
    scope: Annotated[list[str] | None, typer.Option(help="A scope of the token; may be repeated.")] = None,
    anonymous: Annotated[bool, typer.Option("--anonymous", help="Explain for a client that is not signed in.")] = False,
    fact: Annotated[list[str] | None, typer.Option(help="For example own=true; may be repeated.")] = None,
    file: Option = None,
) -> None:
    """Say which rule allows an action, or the smallest change that would allow it. Options left out mean all values."""
    policy = Policy.load(_policy_path(file))
    parsed_action = _enum_value(Action, action, "action")
    subject = _subject(parsed_action, scope or [], partner=partner, anonymous=anonymous)
    for target in _targets(policy, parsed_action, role, fact or []):
        found = explained(policy, subject, parsed_action, target)
        cell = " ".join(str(Cell(parsed_action, type(subject), target)).split())
        typer.echo(f"{cell}: {found.text if found.allowed else f'denied: {found.text}'}")


@app.command()
@command
def test(
    file: Annotated[Path, typer.Argument(metavar="[CASES]", help="Cases in YAML; default: Usher's own.")] = CASES,
    *,
    policy_file: Option = None,
) -> None:
    """Test a policy with cases. A case has a role, an action, facts and the expected decision."""
    policy = Policy.load(_policy_path(policy_file))
    test_cases = cases.read(policy, read(file), str(file))
    failures = cases.failures(policy, test_cases)
    for failure in failures:
        typer.echo(f"{file}: {failure}")
    cells = {cell for case in test_cases for cell in case.cells}
    if failures:
        raise CommandFailed(
            f"{len(failures)} of {len(cells)} decisions are not as expected. Correct the policy or the cases."
        )
    typer.echo(f"{len(test_cases)} cases pass. They cover {len(cells)} decisions.")


@app.command()
@command
def lock(
    file: File = None,
    *,
    check: Annotated[bool, typer.Option("--check", help="Only check whether the file is up to date.")] = False,
) -> None:
    """Write all decisions to permissions.lock beside the policy, if the policy passes every check."""
    path = _policy_path(file).with_name(LOCK)
    policy, decisions = _checked(file)
    if not check:
        path.write_text(render(decisions), encoding="utf-8")
        typer.echo(f"{path}: {len(decisions)} decisions.")
    elif difference := lock_difference(_text(path), decisions):
        typer.echo(difference)
        raise CommandFailed(
            f"{path} differs from the decisions of {policy.file}. Review the difference, then run: usher policy lock"
        )


@app.command()
@command
def diff(
    old: Annotated[Path, typer.Argument(help="The old policy.")],
    new: Annotated[Path, typer.Argument(help="The new policy.")],
    *,
    people: Annotated[bool, typer.Option(help="Name who gains and who loses rights in this database.")] = True,
) -> None:
    """List the decisions that change, and the people and partner tokens that the change affects."""
    # The old policy does not have to pass checks that were added later.
    changes = compare(table(Policy.load(old)), _checked(new)[1])
    for change in changes:
        typer.echo(str(change))
    gained = sum(change.gained for change in changes)
    typer.echo(f"{gained} decisions allow more, {len(changes) - gained} allow less.")
    if changes and people:
        with databases.opened_database(settings.load()) as (runner, database):
            for line in runner.run(policy_impact.impact_lines(database, changes)):
                typer.echo(line)


def _policy_path(file: Path | None) -> Path:
    return settings.load().policy if file is None else file


def _checked(file: Path | None) -> tuple[Policy, Table]:
    path = _policy_path(file)
    policy = checked(read(path), path.name)
    return policy, table(policy)


def _text(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "it is not UTF-8"
        raise CommandFailed(f"{path} cannot be read: {reason}.") from error


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
    """Return a cell with its exception as a footnote, so that all columns fit on a screen."""
    word, _, note = text.partition(", except ")
    mark = f" {notes.setdefault(note, len(notes) + 1)})" if note else ""
    style = STYLES.get(word.partition(",")[0], "red")
    return f"[{style}]{word}{mark}[/]"


def _enum_value(kind: type[E], word: str, noun: str) -> E:
    try:
        return kind(word)
    except ValueError:
        raise CommandFailed(f"Unknown {noun} '{word}'. Use one of {', '.join(kind)}.") from None


def _subject(action: Action, scopes: list[str], *, partner: bool, anonymous: bool) -> facts.Subject:
    if anonymous and partner:
        raise CommandFailed("--anonymous and --partner exclude each other. Leave one out.")
    if scopes and not partner:
        raise CommandFailed("Only a partner token has scopes. Add --partner, or leave --scope out.")
    if not partner:
        return facts.ANONYMOUS if anonymous else facts.PERSON
    scope_actions = [_enum_value(Scope, word, "scope").action for word in scopes]
    return facts.subjects_of(facts.Partner, action)[action in scope_actions]


def _targets(policy: Policy, action: Action, role: str | None, given: list[str]) -> list[facts.Target]:
    """Return the targets that match the role and the facts."""
    kind = policy.kinds[action]
    names = [field.name for field in fields(kind) if field.name != "role"]
    known_facts = dict(_fact(action, names, text) for text in given)
    if len(known_facts) < len(given):
        raise CommandFailed("A fact is given twice. Give it once, or leave it out to mean both values.")
    if role is not None and not issubclass(kind, facts.InTeam):
        raise CommandFailed(
            f"{action} is decided on the {kind.__name__.lower()}, where nobody has a role of a team. Leave --role out."
        )
    if role not in (None, NO_ROLE, *Standing):
        raise CommandFailed(f"Unknown role '{role}'. Use one of {NO_ROLE}, {', '.join(Standing)}.")
    if role is None:
        targets = facts.targets_of_kind(kind)
    else:
        targets = facts.targets_of_role(kind, None if role == NO_ROLE else Standing(role))
    return [target for target in targets if all(getattr(target, name) is value for name, value in known_facts.items())]


def _fact(action: Action, names: list[str], text: str) -> tuple[str, bool]:
    name, _, value = text.partition("=")
    if name not in names:
        known = f"it has: {', '.join(names)}" if names else "it has none"
        raise CommandFailed(f"{action} has no fact '{name}'; {known}.")
    if value not in ("true", "false"):
        raise CommandFailed(f"A fact is true or false. Write {name}=true or {name}=false.")
    return name, value == "true"
