"""`usher schema`: the published schema."""

import sys
from pathlib import Path
from typing import Annotated

import typer

from gateway.cli.failures import CommandFailed, command
from gateway.cli.schema_changes import broken_promises
from gateway.runtime import settings
from policies.engine.policy import Policy
from schema.build import build

app = typer.Typer(add_completion=False)


@app.command()
@command
def schema(
    *,
    check: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Compare with this file instead of printing.")
    ] = None,
    compatible_with: Annotated[
        Path | None, typer.Option(exists=True, dir_okay=False, help="Compare with the schema of a release instead.")
    ] = None,
) -> None:
    """Print the published schema, or fail if a file differs from it, or if it takes away what a release promised."""
    built = build(Policy.load(settings.ROOT / "policy.polar"))
    text = built.as_str() + "\n"
    if check is not None and check.read_text(encoding="utf-8") != text:
        raise CommandFailed(f"{check} is out of date. Write it again: usher schema > {check}")
    if compatible_with is not None:
        broken = broken_promises(compatible_with.read_text(encoding="utf-8"), built.graphql)
        if broken:
            raise CommandFailed(
                f"{' '.join(broken)} What {compatible_with} has goes only after a release in which it was deprecated."
            )
    if check is None and compatible_with is None:
        sys.stdout.write(text)
