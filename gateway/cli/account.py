"""`usher account …`: help people with their accounts."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from email_validator import EmailNotValidError

from db.access import account_moves, email_changes, passkeys, password_resets, second_factors
from db.core import ids
from db.people import users
from db.queue import jobs
from domain.actions import Action
from domain.credentials import CredentialKind, issue
from domain.mails import EMAIL_CHANGE, AccountEvent, EmailChangeMail
from gateway.cli.failures import CommandFailed, command
from gateway.cli.workspace import opened_workspace
from gateway.mail.password_resets import PAGE
from gateway.runtime import settings, subjects
from policies import facts
from resolvers.access import passwords
from resolvers.access.account_notices import notify
from resolvers.access.second_factors import record_removal
from resolvers.access.takeover import end_access
from resolvers.core import emails
from resolvers.core.mutations import Change
from resolvers.core.system import Workspace

TERM = timedelta(days=1)
ENDED = (
    "The old password is refused from now on. All sessions are ended, the person's partner tokens are revoked, and "
    "sign-ins by OpenID Connect are removed. Passkeys are only a second step until one is used."
)

app = typer.Typer(no_args_is_help=True, help="The accounts of people.")


@app.callback()
def group() -> None:
    """The accounts of people."""


@app.command()
@command
def reset(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address of the account, in any case.")],
    new_email: Annotated[
        str | None, typer.Option("--email", metavar="NEW", help="The address that the account gets, if it is another.")
    ] = None,
) -> None:
    """Lock an account, and print a link with which its owner can set a new password once.

    The present password is refused from now on. All sessions of the account end, the partner tokens that it granted are
    revoked, and its sign-ins by OpenID Connect are removed. Its passkeys are only a second step until one is used.
    Links that undo a change of its address work no more.

    If somebody else reads the mails to its address, give the account another one with --email: else they can ask for a
    link to set a password, too. Both addresses get a mail.
    """
    chosen = settings.load()
    with opened_workspace() as (runner, workspace):
        token, expires_at = runner.run(_reset(workspace, email, new_email))
    typer.echo(f"{chosen.links}{PAGE}#{token}")
    typer.echo(f"The link can be used once, until {expires_at:%d %B %Y, %H:%M} UTC.", err=True)
    typer.echo(ENDED, err=True)


async def _reset(workspace: Workspace, email: str, new_email: str | None) -> tuple[str, datetime]:
    """Make the link and record it. Returns its token and until when it can be used. Raises CommandFailed."""
    token, credential = issue(CredentialKind.RESET)
    reset_id, expires_at = ids.new("reset"), datetime.now(UTC) + TERM
    unusable = await passwords.unusable_hash()
    async with workspace.change(subjects.command("account reset"), Action.ACCOUNTS_RESET, ids.new("run")) as change:
        await change.decide(facts.GATEWAY)
        user_id = await users.id_of(change.connection, email.strip())
        if user_id is None:
            raise CommandFailed(f"No account has the e-mail address {email}.")
        # Else somebody who knows the old password could use it until the owner opens the link.
        await users.replace_password(change.connection, user_id, unusable)
        ended = await end_access(change.connection, user_id)
        if new_email is not None:
            ended["change"] = await _move(change, user_id, new_email)
        # The operator knows who asks. So, unlike a reset by a link, this also ends what leads back to older addresses.
        if links := await email_changes.end_undo(change.connection, user_id):
            ended["endedUndoLinks"] = links
        await password_resets.create(change.connection, reset_id, user_id, credential.token_hash, expires_at)
        await notify(change, user_id, AccountEvent.PASSWORD_LOCKED)
        await change.record(None, user_id, {}, {"reset": reset_id, **ended})
    return token, expires_at


async def _move(change: Change, user_id: str, new_email: str) -> str:
    """Give the account this address, and tell both. Returns the id of the change. Raises CommandFailed."""
    try:
        email = emails.valid(new_email)
    except EmailNotValidError as error:
        raise CommandFailed(f"{new_email} is no e-mail address: {error}") from None
    change_id = ids.new("change")
    if not await account_moves.record(change.connection, change_id, user_id, email):
        raise CommandFailed(f"The account has the e-mail address {email} already.")
    if not await email_changes.move(change.connection, user_id, email, even_invited=False):
        raise CommandFailed(f"Another account, or an invitation that is still open, has the e-mail address {email}.")
    await notify(change, user_id, AccountEvent.EMAIL_CHANGED)
    await jobs.enqueue(change.connection, EMAIL_CHANGE, [EmailChangeMail(change_id, EmailChangeMail.MOVED)])
    return change_id


@app.command("remove-second-factor")
@command
def remove_second_factor(
    email: Annotated[str, typer.Argument(metavar="EMAIL", help="The e-mail address of the account, in any case.")],
) -> None:
    """Remove the authenticator app and the passkeys of a person who has lost all second factors. A mail tells them."""
    with opened_workspace() as (runner, workspace):
        runner.run(_remove_second_factor(workspace, email))
    typer.echo("Removed. A password is enough to sign in now.", err=True)


async def _remove_second_factor(workspace: Workspace, email: str) -> None:
    """Remove the app and the passkeys, and record it. Raises CommandFailed."""
    subject, run_id = subjects.command("account remove-second-factor"), ids.new("run")
    async with workspace.change(subject, Action.SECOND_FACTORS_UPDATE, run_id) as change:
        await change.decide(facts.GATEWAY)
        user_id = await users.id_of(change.connection, email.strip())
        if user_id is None:
            raise CommandFailed(f"No account has the e-mail address {email}.")
        has_app = await second_factors.remove(change.connection, user_id)
        removed = await passkeys.remove_all(change.connection, user_id)
        if not has_app and not removed:
            raise CommandFailed(f"The account {email} has no second factor.")
        if removed:
            await second_factors.forget(change.connection, user_id)
            await change.record(None, user_id, {}, {"removedPasskeys": removed})
            await notify(change, user_id, AccountEvent.PASSKEY_REMOVED)
        if has_app:
            await record_removal(change, user_id)
