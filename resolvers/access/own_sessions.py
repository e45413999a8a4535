"""A person's own sessions, and the mutations that end them."""

from dataclasses import dataclass, field

import strawberry

from db.access import email_changes, own_sessions
from db.access.own_sessions import OwnSessionRow
from db.core.paging import Listing
from db.people import users
from domain.actions import Action
from domain.mails import AccountEvent
from domain.paging import Paging
from domain.problems import NotFound, UserError
from domain.subjects import Person
from policies import facts
from resolvers.access.account_notices import notify
from resolvers.access.persons import signed_in
from resolvers.core.changed_lists import told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs, run_mutation
from resolvers.core.relay import ConnectionRow, listing


@dataclass
class EndSessionInput(MutationInput):
    """One of your sessions."""

    session_id: strawberry.ID


class EndOtherSessionsInput(MutationInput):
    """End all of your sessions but that of this request."""


@dataclass
class EndSessionPayload:
    """The session that was ended."""

    ended_session_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the session; null if it had ended before."}
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class EndOtherSessionsPayload:
    """The sessions that were ended."""

    ended_session_ids: list[strawberry.ID] = field(
        default_factory=list, metadata={"description": "The ids of the sessions that were ended; empty if none was."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.VIEWER_READ)
@loaded_by("id")
@paged
def sessions(context: Context, paging: Paging) -> Loading[ConnectionRow[OwnSessionRow]]:
    """Your sessions that have neither ended nor expired, the newest first; none for another person.

    FORBIDDEN for a partner token.
    """
    context.require(Action.VIEWER_READ, facts.GATEWAY)
    return listing(context, _listed, paging)


def is_current(root: OwnSessionRow, info: Info) -> bool:
    """Whether this is the session of the request."""
    actor = info.context.actor
    return isinstance(actor, Person) and actor.session_id == root.id


@mutation(Action.SESSIONS_END)
async def end_session(change: Change, input: EndSessionInput) -> EndSessionPayload:
    """End one of your sessions: its token and its cookie are invalid from the next request on.

    If it is the session of this request, you are signed out. If not, a mail tells you. Raises NOT_FOUND if you have no
    such session.
    """
    await change.decide(facts.GATEWAY)
    person = signed_in(change.actor)
    ended = await own_sessions.end(change.connection, person.user_id, input.session_id)
    if ended is None:
        raise NotFound("session")
    if not ended:
        return EndSessionPayload()
    await change.record(None, input.session_id, {}, {"ended": True})
    if input.session_id != person.session_id:
        await notify(change, person.user_id, AccountEvent.SESSION_ENDED)
    elif not input.dry_run:
        change.context.cookie = ""
    return EndSessionPayload(strawberry.ID(input.session_id))


@performs(Action.SESSIONS_END)
async def end_other_sessions(info: Info, input: EndOtherSessionsInput) -> EndOtherSessionsPayload:
    """End all of your sessions but that of this request, for example if you have lost a device.

    A change of your address that was not confirmed yet ends, too. A mail tells you, if anything ended.
    """

    async def work(change: Change, _: EndOtherSessionsInput) -> EndOtherSessionsPayload:
        await change.decide(facts.GATEWAY)
        person = signed_in(change.actor)
        # The account is locked first, as everywhere, so that this cannot deadlock with a reset of the password.
        await users.lock(change.connection, person.user_id)
        await change.reload_actor()
        ended = await own_sessions.end_others(change.connection, person.user_id, person.session_id)
        # A thief of one of these sessions may have begun it. Links to set a new password stay: else the thief of a
        # session could keep the owner from each of them.
        cancelled = await email_changes.cancel(change.connection, person.user_id)
        values = {"endedSessions": ended, "cancelledChanges": cancelled}
        after = {name: value for name, value in values.items() if value}
        if after:
            await change.record(None, person.user_id, {}, after)
            await notify(change, person.user_id, AccountEvent.SESSIONS_ENDED)
        return EndOtherSessionsPayload([strawberry.ID(id_) for id_ in ended])

    return await run_mutation(info.context, Action.SESSIONS_END, work, input, EndOtherSessionsPayload)


@told
async def deleted_session_id(root: EndSessionPayload, _info: Info) -> list[strawberry.ID]:
    """The ids of your sessions that were ended."""
    return [] if root.ended_session_id is None else [root.ended_session_id]


@told
async def deleted_session_ids(root: EndOtherSessionsPayload, _info: Info) -> list[strawberry.ID]:
    """The ids of your sessions that were ended."""
    return root.ended_session_ids


def _listed(context: Context) -> Listing[OwnSessionRow]:
    return own_sessions.listed(context.account_reach(Action.MEMBERS_READ))
