"""Partner tokens."""

from datetime import datetime

import strawberry

from db.access.partner_tokens import TokenRow
from domain.actions import Scope
from resolvers.access import partner_tokens
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.nodes import Node
from schema.core.paging import Edge
from schema.core.payloads import payload
from schema.core.refs import TokenRef, UserRef

publish_enum(Scope)
publish_input(
    partner_tokens.CreatePartnerTokenInput,
    name="A name by which the team knows the token; 1 to 100 characters.",
    scopes="What the token may do. You may grant only what you may do yourself.",
    expires_at=f"When the token stops working; at most {partner_tokens.MAX_LIFETIME.days} days from now.",
)
publish_input(partner_tokens.RevokePartnerTokenInput, token_id="The id of the token.")  # noqa: S106 - a description, not a token
publish_input(partner_tokens.RotatePartnerTokenInput, token_id="The id of the token.")  # noqa: S106 - a description, not a token


@shows(TokenRow)
class PartnerToken(Node):
    """A token with which a partner acts in one team. It may do what its scopes allow and its grantor may do now."""

    name: str = strawberry.field(description="The name by which the team knows the token.")
    scopes: list[Scope] = strawberry.field(description="What the token may do, if its grantor may do it too.")
    created_at: datetime = strawberry.field(description="When the token was created.")
    expires_at: datetime = strawberry.field(description="When the token stops working.")
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null if it is not revoked.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null if it was never used."
    )
    previous_secret_ends_at: datetime | None = strawberry.field(
        description="When the secret before the last rotation stops or stopped working; null if it was never rotated."
    )
    grantor: UserRef | None = expose(partner_tokens.grantor, UserRef | None)


create_partner_token = expose(
    partner_tokens.create_partner_token,
    payload(
        partner_tokens.CreatePartnerTokenPayload,
        partner_token_edges=expose(partner_tokens.new_token_edges, list[Edge[TokenRef]]),
    )
    | None,
)
revoke_partner_token = expose(
    partner_tokens.revoke_partner_token, payload(partner_tokens.RevokePartnerTokenPayload) | None
)
rotate_partner_token = expose(
    partner_tokens.rotate_partner_token, payload(partner_tokens.RotatePartnerTokenPayload) | None
)
viewer_token = expose(partner_tokens.viewer_token, PartnerToken | None)
