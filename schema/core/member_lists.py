"""Descriptions that the inputs of mutations on many people share."""

from domain.bulk import BulkMode
from resolvers.core.member_lists import MAX_PEOPLE
from schema.core.fields import publish_enum

PEOPLE = {
    "user_ids": f"Members of the team by user id. All lists together name 1 to {MAX_PEOPLE:,} people, each once.",
    "emails": "Members of the team by e-mail address, in any case; needs the right to read e-mail addresses.",
    "external_ids": "Members of the team by external id, as in `Member.externalId`; needs the right to read members.",
    "filter": (
        "All members of the team that this filter finds, besides those in the lists. You also need the right to read "
        "members."
    ),
    "except_": "Members by user id that the filter is to leave out.",
    "expected_count": (
        "How many people you saw: those that the filter finds, without the exceptions. If it finds another number now, "
        "or if you leave this out, the error is CONFIRM_NEEDED with the present number, and nothing changes. A dry run "
        "does not need it."
    ),
    "mode": "What happens to the others if something cannot be done for one person.",
}

publish_enum(BulkMode)
