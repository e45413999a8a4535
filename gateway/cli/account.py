"""`usher account …`: help people with their accounts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from db.access import actors, password_resets
from db.core import ids
from db.people import users
from domain.actions import Action
from domain.credentials import CredentialKind, issue
from gateway.cli.failures import CommandFailed, command
from gateway.cli.workspace import opened_workspace
from gateway.http.password_pages import RESET
from gateway.runtime import settings, subjects
from policies import facts
from resolvers.core.system import Workspace

TERM = timedelta(days=1)

app = typer.Typer(no_args_is_help=True, help="The accounts of people.")


@app.callback()
def group() -> None:
    """The accounts of people."""


@app.command()
@command
def reset(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address of the account, in any case.")],
) -> None:
    """End all sessions of an account, and print a link with which its owner can set a new password once."""
    chosen = settings.load()
    with opened_workspace() as (runner, workspace):
        token, expires_at = runner.run(_reset(workspace, email))
    typer.echo(f"{chosen.links}{RESET}#{token}")
    typer.echo(f"The link can be used once, until {expires_at:%d %B %Y, %H:%M} UTC. All sessions are ended.", err=True)


async def _reset(workspace: Workspace, email: str) -> tuple[str, datetime]:
    """Make the link and record it. Returns its token and until when it can be used. Raises CommandFailed."""
    token, credential = issue(CredentialKind.RESET)
    reset_id, expires_at = ids.new("reset"), datetime.now(UTC) + TERM
    async with workspace.change(subjects.command("account reset"), Action.ACCOUNTS_RESET, ids.new("run")) as change:
        await change.decide(facts.GATEWAY)
        user_id = await users.id_of(change.connection, email.strip())
        if user_id is None:
            raise CommandFailed(f"No account has the e-mail address {email}.")
        await password_resets.create(change.connection, reset_id, user_id, credential.token_hash, expires_at)
        ended = await actors.end_sessions(change.connection, user_id)
        await change.record(None, user_id, {}, {"reset": reset_id, "endedSessions": ended})
    return token, expires_at
