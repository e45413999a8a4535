"""The mutation with which people change their own profile."""

from resolvers.people import profiles
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(
    profiles.UpdateProfileInput,
    first_name="The new first name, or only name.",
    last_name="The new last name; empty if you have one name only.",
    language="The new language.",
)

update_profile = expose(profiles.update_profile, payload(profiles.UpdateProfilePayload) | None)
