"""How members get notices, and the mutation that changes it."""

import strawberry

from db.notices.preferences import PreferenceRow
from domain.notices import Delivery, NoticeKind
from resolvers.notices import preferences
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.payloads import payload

publish_enum(NoticeKind)
publish_enum(Delivery)
publish_input(preferences.SetNoticePreferencesInput, kind="The kind of notices.", delivery="How you want to get them.")


@shows(PreferenceRow)
class NoticePreference:
    """How a member gets the notices of one kind. Only contract managers get notices."""

    kind: NoticeKind = strawberry.field(description="The kind of notices.")
    delivery: Delivery = strawberry.field(
        description="How they come. If the person has set nothing, they come at once to the contact person, or to all "
        "contract managers if a contract has none, and to nobody else."
    )
    required: bool = strawberry.field(description="Whether the person cannot switch them off now.")


set_notice_preferences = expose(
    preferences.set_notice_preferences, payload(preferences.SetNoticePreferencesPayload) | None
)
