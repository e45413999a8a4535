"""`usher vendor …`: give and take the role of the vendor's staff. No request can do it."""

from collections.abc import Awaitable, Callable
from typing import Annotated

import typer

from db.access import vendors
from db.access.vendors import VendorAccount
from db.core import ids
from db.core.connection import Connection
from domain.actions import Action
from domain.roles import VENDOR
from gateway.cli.failures import CommandFailed, command
from gateway.cli.workspace import opened_workspace
from gateway.runtime import subjects
from policies import facts
from resolvers.core.system import Workspace

Email = Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address of an account.")]
Change = Callable[[Connection, str], Awaitable[VendorAccount | None]]

app = typer.Typer(no_args_is_help=True, help="The role of the vendor's staff, who create companies and subscriptions.")


@app.command()
@command
def grant(email: Email) -> None:
    """Give an account the role of the vendor's staff. It counts from the next request on."""
    with opened_workspace() as (runner, workspace):
        account = runner.run(_change(workspace, "vendor grant", Action.VENDORS_GRANT, vendors.grant, email))
    if not account.opened:
        raise CommandFailed(
            "The address of this account is not verified yet. "
            "Its owner must sign up and open the link in the mail, or accept an invitation."
        )
    known = "has the role now" if account.changed else "had the role already"
    typer.echo(f"{account.user_id} {known}.")


@app.command()
@command
def revoke(email: Email) -> None:
    """Take the role of the vendor's staff from an account. It counts from the next request on."""
    with opened_workspace() as (runner, workspace):
        account = runner.run(_change(workspace, "vendor revoke", Action.VENDORS_REVOKE, vendors.revoke, email))
    known = "does not have the role any more" if account.changed else "did not have the role"
    typer.echo(f"{account.user_id} {known}.")


async def _change(workspace: Workspace, name: str, action: Action, make: Change, email: str) -> VendorAccount:
    """Change the role of an account, with its audit row. Raises CommandFailed if there is no such account."""
    async with workspace.change(subjects.command(name), action, ids.new("run")) as change:
        await change.decide(facts.GATEWAY)
        account = await make(change.connection, email.strip())
        if account is None:
            raise CommandFailed("There is no account with this e-mail address. Its owner must sign up first.")
        if account.changed:
            granted = action is Action.VENDORS_GRANT
            roles = ({}, {"role": VENDOR}) if granted else ({"role": VENDOR}, {})
            await change.record(None, account.user_id, *roles)
    return account
