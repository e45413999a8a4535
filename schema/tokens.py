"""Partner tokens."""

from datetime import datetime

import strawberry

from db.tokens import TokenRow
from domain.actions import Scope
from resolvers import tokens
from schema.errors import UserError
from schema.fields import accepts, expose, names, shows
from schema.nodes import Node
from schema.refs import UserRef

names(Scope)
accepts(tokens.CreatePartnerTokenInput)
accepts(tokens.RevokePartnerTokenInput)


@shows(TokenRow)
class PartnerToken(Node):
    """What a partner acts with in one team: it may do what its scopes name and its grantor may do now."""

    name: str
    scopes: list[Scope]
    created_at: datetime
    expires_at: datetime
    revoked_at: datetime | None = strawberry.field(description="Since when it is void; null while it is not revoked.")
    last_used_at: datetime | None = strawberry.field(description="When it was last used, to the minute.")
    grantor: UserRef | None = expose(tokens.grantor, UserRef | None)


@shows(tokens.CreatePartnerTokenPayload)
class CreatePartnerTokenPayload:
    """The new token; `secret` is shown in this answer only, and kept nowhere. It is null in a dry run."""

    partner_token: PartnerToken | None
    secret: str | None = strawberry.field(description="What the partner sends as `Authorization: Bearer …`.")
    errors: list[UserError]


@shows(tokens.RevokePartnerTokenPayload)
class RevokePartnerTokenPayload:
    """The token, which is revoked now."""

    partner_token: PartnerToken | None
    errors: list[UserError]


create_partner_token = expose(tokens.create_partner_token, CreatePartnerTokenPayload | None)
revoke_partner_token = expose(tokens.revoke_partner_token, RevokePartnerTokenPayload | None)
