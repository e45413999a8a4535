"""Partner tokens."""

from datetime import datetime

import strawberry

from db.access.partner_tokens import TokenRow
from domain.actions import Scope
from resolvers.access import partner_tokens
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import UserRef

publish_enum(Scope)
publish_input(partner_tokens.CreatePartnerTokenInput)
publish_input(partner_tokens.RevokePartnerTokenInput)


@shows(TokenRow)
class PartnerToken(Node):
    """A token with which a partner acts in one team. It may do what its scopes allow and its grantor may do now."""

    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = strawberry.field(description="When it was revoked; null if it is not revoked.")
    last_used_at: datetime | None = strawberry.field(
        description="When it was last used, to the minute; null if it was never used."
    )
    grantor: UserRef | None = expose(partner_tokens.grantor, UserRef | None)


create_partner_token = expose(
    partner_tokens.create_partner_token, payload(partner_tokens.CreatePartnerTokenPayload) | None
)
revoke_partner_token = expose(
    partner_tokens.revoke_partner_token, payload(partner_tokens.RevokePartnerTokenPayload) | None
)
