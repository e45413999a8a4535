"""Abilities: the actions on an object, whether each is allowed, and why."""

import strawberry

from resolvers import abilities
from schema.core.enums import Action
from schema.core.fields import expose, shows


@shows(abilities.AbilityRow)
class Ability:
    """One action on an object, and whether it is allowed."""

    action: Action
    allowed: bool
    reason: str = strawberry.field(
        description="The rule that allows it (file:line), or the smallest change that would allow it."
    )


explain = expose(abilities.explain, Ability | None)
