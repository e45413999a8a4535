"""The notices of a team: what was told to its contract managers by mail."""

from db.core.paging import Listing
from db.notices import sent_notices
from db.notices.sent_notices import NoticeRow
from db.people.users import UserRow
from domain.actions import Action
from domain.paging import Paging
from domain.subjects import Actor
from policies import facts
from policies.engine.policy import Policy
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutations import performs
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import one
from resolvers.core.relay import ConnectionRow, listing
from resolvers.people.users import USER


@performs(Action.ORDERS_READ)
@loaded_by("id", action=Action.ORDERS_READ, team="id")
@paged
def team_notices(context: Context, paging: Paging) -> Loading[ConnectionRow[NoticeRow]]:
    """What its contract managers were told by mail about contracts of which this is the home team, the newest first.

    FORBIDDEN unless you are a contract manager of the team.
    """
    return listing(context, _of_team, paging)


@performs(Action.MEMBERS_READ)
@loaded_by("user_id")
def recipient(context: Context) -> Loading[UserRow]:
    """The person who was told; null if you may not see them any more."""
    return context.loading(USER.find)


def _of_team(context: Context) -> Listing[NoticeRow]:
    return sent_notices.listed(context.reach(Action.ORDERS_READ))


def _abilities(policy: Policy, actor: Actor, row: NoticeRow) -> Abilities:
    return {Action.ORDERS_READ: policy.explain(actor, Action.ORDERS_READ, facts.team(actor, row.team_id))}


NOTICE = NodeKind("notice", NoticeRow, one(sent_notices.BY_IDS, Action.ORDERS_READ), _abilities, explained=True)
