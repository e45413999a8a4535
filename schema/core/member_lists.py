"""Descriptions that the inputs of mutations on many people share."""

from domain.bulk import BulkMode
from resolvers.core.member_lists import MAX_PEOPLE
from schema.core.fields import publish_enum

PEOPLE = {
    "user_ids": f"Members of the team by user id. All lists together name 1 to {MAX_PEOPLE:,} people, each once.",
    "emails": "Members of the team by e-mail address, in any case; needs the right to read e-mail addresses.",
    "external_ids": "Members of the team by external id, as in `Member.externalId`; needs the right to read members.",
    "mode": "What happens to the others if something cannot be done for one person.",
}

publish_enum(BulkMode)
