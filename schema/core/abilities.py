"""Abilities: the actions on an object, whether each is allowed, and why."""

import strawberry

from resolvers import abilities
from schema.core.enums import Action
from schema.core.fields import expose, shows


@shows(abilities.AbilityRow)
class Ability:
    """One action on an object, and whether it is allowed."""

    action: Action = strawberry.field(description="The action on the object.")
    allowed: bool = strawberry.field(description="Whether the action is allowed now.")
    reason: str = strawberry.field(
        description="The rule that allows it (file:line), or the smallest change that would allow it."
    )


explain = expose(
    abilities.explain,
    Ability | None,
    action="The action to ask about: one that `viewerCan` of the object lists.",
    target="The id of the object: a team, a member, a seat, a pool, a wait, a group, a request or a partner token.",
    subject="The id of the user or the partner token that would do it.",
)
