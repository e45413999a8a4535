"""What the inputs of mutations on many people have in common."""

from domain.bulk import BulkMode
from resolvers.core.member_lists import MAX_PEOPLE
from schema.core.fields import names

PEOPLE = {
    "user_ids": f"1 to {MAX_PEOPLE:,} members of the team, by user id, each once.",
    "mode": "What becomes of all when one cannot be served.",
}

names(BulkMode)
