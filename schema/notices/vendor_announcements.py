"""The mutation with which the vendor's staff writes to contract managers."""

from domain.notices import MAX_SUBJECT, MAX_TEXT
from resolvers.notices import vendor_announcements
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(
    vendor_announcements.SendAnnouncementInput,
    subject=f"The subject of the mail; 1 to {MAX_SUBJECT} characters.",
    text=f"What the mail says; 1 to {MAX_TEXT:,} characters. An empty line begins a paragraph.",
    team_ids="The teams; null for all teams.",
)

send_announcement = expose(
    vendor_announcements.send_announcement, payload(vendor_announcements.SendAnnouncementPayload) | None
)
