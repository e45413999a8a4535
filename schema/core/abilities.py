"""Abilities: the actions on an object, whether each is allowed, and why."""

import strawberry

from policies.explain import Change, PolicyFact
from resolvers import abilities
from schema.core.enums import Action
from schema.core.fields import expose, publish_enum, shows

publish_enum(PolicyFact)


@shows(Change)
class AbilityChange:
    """One fact that would have to be different, so that an action is allowed."""

    fact: PolicyFact = strawberry.field(description="What would have to be different.")
    value: str = strawberry.field(description="What it would have to be, as the description of the fact says.")


@shows(abilities.AbilityRow)
class Ability:
    """One action on an object, and whether it is allowed."""

    action: Action = strawberry.field(description="The action on the object.")
    allowed: bool = strawberry.field(description="Whether the action is allowed now.")
    reason: str = strawberry.field(
        description="The rule that allows it (file:line), or the smallest change that would allow it."
    )
    changes: list[AbilityChange] = strawberry.field(
        description="The smallest change that would allow it, for programs: all of these facts together. Empty if it "
        "is allowed, or if nothing would allow it."
    )


explain = expose(
    abilities.explain,
    Ability | None,
    action="The action to ask about: one that `viewerCan` of the object lists.",
    target="The id of the object: a team, a member, a seat, a pool, a wait, a group, a request or a partner token.",
    subject="The id of the user or the partner token that would do it.",
)
