"""The mutation with which the vendor's staff writes to contract managers."""

from dataclasses import dataclass, field

import strawberry

from db.notices import vendor_announcements
from domain.actions import Action
from domain.notices import MAX_SUBJECT, MAX_TEXT
from domain.problems import BadInput, NotFound, UserError
from policies import facts
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation


@dataclass
class SendAnnouncementInput(MutationInput):
    """An announcement to contract managers. Without `teamIds`, it goes to those of all teams."""

    subject: str
    text: str
    team_ids: list[strawberry.ID] | None = None


@dataclass
class SendAnnouncementPayload:
    """The announcement that was sent."""

    announcement_id: strawberry.ID = field(metadata={"description": "The id of the announcement."})
    recipients: int = field(metadata={"description": "How many people get it, at once or in their daily mail."})
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.ANNOUNCEMENTS_SEND)
async def send_announcement(change: Change, input: SendAnnouncementInput) -> SendAnnouncementPayload:
    """Write to the contract managers of all teams, or of some. Only the vendor's staff may do it.

    Each person gets it once, by mail, unless they have switched announcements off in all of the teams. Raises NOT_FOUND
    for a team, FORBIDDEN.
    """
    await change.decide(facts.business(change.actor))
    subject, words = " ".join(input.subject.split()), "\n".join(input.text.strip().splitlines())
    for name, text, limit in (("subject", subject, MAX_SUBJECT), ("text", words, MAX_TEXT)):
        if not 1 <= len(text) <= limit:
            raise BadInput(f"`{name}` must have 1 to {limit:,} characters.")
    wanted = None if input.team_ids is None else sorted(set(input.team_ids))
    teams = await vendor_announcements.teams(change.connection, wanted)
    if wanted is not None and teams != wanted:
        raise NotFound("team")
    id_, recipients = await vendor_announcements.send(change.connection, teams, subject, words, change.by)
    await change.record(None, id_, {}, {"teams": wanted, "recipients": recipients})
    return SendAnnouncementPayload(strawberry.ID(id_), recipients)
