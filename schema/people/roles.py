"""The mutation that changes what a person is in a team."""

from resolvers.people import roles
from schema.core.fields import accepts, expose
from schema.core.payloads import payload
from schema.core.refs import MemberRef

accepts(
    roles.ChangeRoleInput,
    user_id="A member of the team, or somebody who is invited to be one; not yourself.",
    role="What they are to be, or, while they are only invited, will be.",
)

change_role = expose(
    roles.change_role, payload(roles.ChangeRolePayload, member=expose(roles.member, MemberRef | None)) | None
)
