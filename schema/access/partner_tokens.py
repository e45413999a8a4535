"""Partner tokens."""

from datetime import datetime

import strawberry

from db.access.partner_tokens import TokenRow
from domain.actions import Scope
from resolvers.access import partner_tokens
from schema.core.fields import accepts, expose, names, shows
from schema.core.nodes import Node
from schema.core.payloads import payload
from schema.core.refs import UserRef

names(Scope)
accepts(partner_tokens.CreatePartnerTokenInput)
accepts(partner_tokens.RevokePartnerTokenInput)


@shows(TokenRow)
class PartnerToken(Node):
    """What a partner acts with in one team: it may do what its scopes name and its grantor may do now."""

    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = strawberry.field(description="Since when it is void; null while it is not revoked.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    grantor: UserRef | None = expose(partner_tokens.grantor, UserRef | None)


create_partner_token = expose(
    partner_tokens.create_partner_token, payload(partner_tokens.CreatePartnerTokenPayload) | None
)
revoke_partner_token = expose(
    partner_tokens.revoke_partner_token, payload(partner_tokens.RevokePartnerTokenPayload) | None
)
