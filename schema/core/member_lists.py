"""Descriptions that the inputs of mutations on many people share."""

from domain.bulk import BulkMode
from resolvers.core.member_lists import MAX_PEOPLE
from schema.core.fields import publish_enum

PEOPLE = {
    "user_ids": f"1 to {MAX_PEOPLE:,} members of the team, by user id, each once.",
    "mode": "What happens to the others if something cannot be done for one person.",
}

publish_enum(BulkMode)
