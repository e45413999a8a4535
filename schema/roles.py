"""The mutation that changes what a person is in a team."""

from resolvers import roles
from schema.errors import UserError
from schema.fields import accepts, expose, shows
from schema.refs import MemberRef

accepts(
    roles.ChangeRoleInput,
    user_id="A member of the team, or somebody who is invited to be one; not yourself.",
    role="What they are to be, or, while they are only invited, will be.",
)


@shows(roles.ChangeRolePayload)
class ChangeRolePayload:
    """Who has the role now; `errors` say why it was not changed, or did not need to be."""

    member: MemberRef | None = expose(roles.member, MemberRef | None)
    errors: list[UserError]


change_role = expose(roles.change_role, ChangeRolePayload | None)
