"""The settings of a team."""

from domain.subscriptions import MAX_SEATS
from resolvers.people import team_settings
from schema.core.fields import expose, publish_input
from schema.core.payloads import payload

publish_input(
    team_settings.UpdateTeamInput,
    name="The new name; 1 to 100 characters.",
    language="The language of the accounts that your invitations make. A person can choose another one.",
    separation_of_duties="If true, nobody may assign a seat to themselves.",
    requires_second_factor="If true, members who manage the team need a second factor for it.",
    last_seats_below=(
        "Contract managers are told by mail when a pool has fewer free seats; "
        f"1 to {MAX_SEATS:,}, or 0 if they are not to be told."
    ),
)

update_team = expose(team_settings.update_team, payload(team_settings.UpdateTeamPayload) | None)
