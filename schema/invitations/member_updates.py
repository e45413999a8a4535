"""The mutation that edits a member."""

from resolvers.invitations import member_updates
from resolvers.people import roles
from schema.core.fields import expose, publish_input
from schema.core.member_lists import PEOPLE
from schema.core.payloads import payload
from schema.core.refs import MemberRef

publish_input(
    member_updates.UpdateMemberInput,
    user_id="A member of the team, or a person who is invited to it.",
    first_name="The new first name.",
    last_name="The new last name; empty if the person has one name only.",
    role="The new role; not for yourself. An invited person has it after they accept the invitation.",
    group_ids="All groups of the team that the person is in afterwards; an empty list takes them out of every group.",
    external_id="The id that your own directory has for the person; empty to remove it. No other member has it.",
    mode=PEOPLE["mode"],
)

update_member = expose(
    member_updates.update_member,
    payload(member_updates.UpdateMemberPayload, member=expose(roles.member, MemberRef | None)) | None,
)
