"""`usher mail test`: queue a test mail. `usher mail preview`: show what a notice about a contract looks like."""

from pathlib import Path
from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from db.core import ids
from db.queue import jobs
from domain.actions import Action
from domain.languages import Language
from domain.mails import TRIAL, TrialMail
from domain.notices import NoticeKind
from gateway import databases
from gateway.cli.failures import CommandFailed, command
from gateway.mail.notice_samples import sample
from gateway.mail.notices import write
from gateway.runtime import settings, subjects
from gateway.runtime.addresses import mailbox
from policies import facts
from policies.engine.live import LivePolicy
from resolvers.core.system import Workspace


class AddressOrCommand(TyperGroup):
    """A group of commands in which anything but the name of one is an address for the command `test`."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command and its arguments."""
        return super().resolve_command(ctx, args if args[0] in self.commands else ["test", *args])


app = typer.Typer(
    cls=AddressOrCommand,
    no_args_is_help=True,
    help="Try whether mails arrive, and what they look like. ADDRESS alone means `test`.",
)


@app.command()
@command
def test(to: Annotated[str, typer.Argument(metavar="ADDRESS", help="The recipient.")]) -> None:
    """Queue a test mail, to see whether mails arrive."""
    try:
        mailbox("", to)
    except ValueError as error:
        raise CommandFailed(f"ADDRESS {error}.") from None

    async def queue(workspace: Workspace) -> None:
        async with workspace.change(subjects.command("mail test"), Action.MAILS_QUEUE, ids.new("run")) as change:
            await change.decide(facts.GATEWAY)
            [job] = await jobs.enqueue(change.connection, TRIAL, [TrialMail(to)])
            await change.record(None, job, {}, {"mail": TRIAL.name})

    chosen = settings.load()
    live = LivePolicy(chosen.policy)
    with databases.opened_database(chosen) as (runner, database):
        runner.run(queue(Workspace(database, live.current)))
    typer.echo("The mail is queued: `usher run` or `usher worker` sends it.")


@app.command()
@command
def preview(
    kind: Annotated[NoticeKind, typer.Argument(metavar="KIND", help=f"One of: {', '.join(NoticeKind)}.")],
    *,
    language: Annotated[Language, typer.Option(help="The language of the mail.")] = Language.EN,
    html: Annotated[
        Path | None, typer.Option(metavar="FILE", dir_okay=False, help="Write the HTML into this file instead.")
    ] = None,
) -> None:
    """Show the mail of a notice about a contract, with made-up values. It sends nothing and needs no database."""
    mail = write(settings.load().links, [sample(kind, language)])
    assert mail is not None and mail.html is not None  # noqa: S101 - a sample is always true
    if html is None:
        typer.echo(f"{mail.subject}\n\n{mail.text}", nl=False)
    else:
        html.write_text(mail.html, encoding="utf-8")
