"""How a member gets the notices of each kind, and the mutation that changes it."""

from dataclasses import dataclass, field

import strawberry

from db.notices import preferences
from db.notices.preferences import PREFERENCES, PreferenceRow
from domain.actions import Action
from domain.notices import Delivery, NoticeKind
from domain.problems import UserError, UserErrorCode
from policies import facts
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs
from resolvers.core.relations import many

REQUIRED = UserError(
    UserErrorCode.NOTICE_REQUIRED,
    "You get these notices as the contact person of a contract, or because a contract has none. You can get them in "
    "one mail a day, but not switch them off.",
    ["delivery"],
)


@dataclass
class SetNoticePreferencesInput(MutationInput):
    """How you want to get the notices of one kind about the contracts of a team."""

    team_id: strawberry.ID
    kind: NoticeKind
    delivery: Delivery


@dataclass
class SetNoticePreferencesPayload:
    """How you get the notices of each kind now. `errors` say why nothing changed."""

    notice_preferences: list[PreferenceRow] = field(
        default_factory=list, metadata={"description": "How you get the notices of each kind now."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.NOTICES_SET)
@loaded_by("id")
def member_preferences(context: Context) -> Loading[list[PreferenceRow]]:
    """How this person gets the notices about contracts of each kind; empty unless it is yourself.

    Only contract managers get notices. For others it says what they have set, or OFF.
    """
    return context.loading(_PREFERENCES)


@mutation(Action.NOTICES_SET)
async def set_notice_preferences(change: Change, input: SetNoticePreferencesInput) -> SetNoticePreferencesPayload:
    """Set how you get the notices of one kind about the contracts of a team, while you are a contract manager of it.

    NOTICE_REQUIRED: you are the contact person of a contract, or a contract has none, so you cannot switch off what a
    contact person must get. If there is nothing to change, nothing changes. Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    me = facts.acts_for(change.actor) or ""
    await change.decide(facts.member(change.actor, team.id, me))
    reach = change.reach(Action.NOTICES_SET)
    before = await preferences.of_member(change.connection, reach, team.id, me)
    old = next(one for one in before if one.kind is input.kind)
    if old.required and input.delivery is Delivery.OFF:
        return SetNoticePreferencesPayload(before, errors=[REQUIRED])
    if not await preferences.set_(change.connection, team.id, me, input.kind, input.delivery):
        return SetNoticePreferencesPayload(before)
    kind = {"kind": input.kind.value}
    await change.record(
        team.id, me, {**kind, "delivery": old.delivery.value}, {**kind, "delivery": input.delivery.value}
    )
    return SetNoticePreferencesPayload(await preferences.of_member(change.connection, reach, team.id, me))


_PREFERENCES = many(preferences.BY_MEMBER, PREFERENCES, Action.NOTICES_SET)
