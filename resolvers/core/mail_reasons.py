"""The reason why a mail was refused. A mail server may name the address in it, so it is read like an address."""

from typing import Protocol

from domain.actions import Action
from resolvers.core.context import Info
from resolvers.core.mutations import performs


class OfPerson(Protocol):
    """An object about a person in a team."""

    @property
    def team_id(self) -> str:
        """The team."""

    @property
    def user_id(self) -> str:
        """The person."""


class Mailed(OfPerson, Protocol):
    """An object that a mail was sent about."""

    @property
    def mail_reason(self) -> str | None:
        """The reason why the mail was refused; None if it was not."""


def may_read_email(root: OfPerson, info: Info) -> bool:
    """Whether the actor may read the e-mail address of this person in this team."""
    reach = info.context.reach(Action.EMAILS_READ)
    return root.team_id in reach.teams or (root.user_id == reach.me and root.team_id in reach.own_teams)


@performs(Action.EMAILS_READ)
def mail_reason(root: Mailed, info: Info) -> str | None:
    """Why the mail was not sent: the answer of the mail server, or what Usher found.

    Null if the mail was not refused, or if you may not read e-mail addresses.
    """
    return root.mail_reason if may_read_email(root, info) else None
