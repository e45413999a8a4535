"""The mutations that change the roles of members."""

from resolvers.people import roles
from schema.core.fields import expose, publish_input
from schema.core.member_lists import PEOPLE
from schema.core.payloads import payload
from schema.core.refs import MemberRef

publish_input(
    roles.ChangeRoleInput,
    user_id="A member of the team, or a person who is invited to it; not yourself.",
    role="The new role. An invited person has it after they accept the invitation.",
)
publish_input(
    roles.ChangeRolesInput,
    **PEOPLE,
    role="The role that all of these people get. An invited person has it after they accept the invitation.",
)

change_role = expose(
    roles.change_role, payload(roles.ChangeRolePayload, member=expose(roles.member, MemberRef | None)) | None
)
change_roles = expose(
    roles.change_roles,
    payload(roles.ChangeRolesPayload, members=expose(roles.changed_members, list[MemberRef])) | None,
)
