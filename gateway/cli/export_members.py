"""`usher export`: write the members of a team of a running Usher in the form that `usher import` reads."""

import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console

from domain import csv_text
from domain.import_columns import Column
from gateway.cli import client as calling
from gateway.cli.failures import command
from gateway.cli.progress import ProgressBars
from gateway.runtime import settings

COLUMNS = (Column.FIRST_NAME, Column.LAST_NAME, Column.EMAIL, Column.GROUP, Column.EXTERNAL_ID)
OPERATION = """
query Export($team: ID!, $after: String) {
  team(id: $team) {
    members(first: 100, after: $after) {
      totalCount
      nodes { externalId user { firstName lastName email } groups(first: 2) { nodes { name } } }
      pageInfo { hasNextPage endCursor }
    }
  }
}
"""


app = typer.Typer(add_completion=False)


@app.command()
@command
def run(
    *,
    team: Annotated[str, typer.Option(metavar="ID", help="The team.")],
    output: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="The file to write; default: standard output.")
    ] = None,
    url: Annotated[str | None, typer.Option(help="The address of Usher; default: this machine's.")] = None,
) -> None:
    """Write the members of a team as CSV, including invited people. The token is read from USHER_TOKEN."""
    token = calling.token("the scopes members:read, emails:read and groups:read")
    members = list(_members(url or settings.load().address, token, team))
    text = csv_text.write(COLUMNS, map(_row, members)).encode("utf-8-sig")
    if output is None:
        sys.stdout.buffer.write(text)
    else:
        output.write_bytes(text)
    several = sum(len(member["groups"]["nodes"]) > 1 for member in members)
    if several:
        errors = Console(stderr=True, highlight=False)
        message = f"{several} of {len(members)} members are in several groups. The file has the first group by name."
        errors.print(message)


def _members(url: str, token: str, team: str) -> Iterator[Any]:
    after = None
    with calling.Client(url, token) as client, ProgressBars() as bars:
        while True:
            page = client.ask(OPERATION, {"team": team, "after": after})["team"]["members"]
            if after is None:
                bars.start("members", page["totalCount"])
            bars.advance("members", len(page["nodes"]))
            yield from page["nodes"]
            if not page["pageInfo"]["hasNextPage"]:
                return
            after = page["pageInfo"]["endCursor"]


def _row(member: Any) -> tuple[str, ...]:
    user, groups = member["user"], member["groups"]["nodes"]
    names = (user["firstName"], user["lastName"], user["email"])
    return (*names, groups[0]["name"] if groups else "", member["externalId"] or "")
