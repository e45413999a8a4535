"""Sign-ins by OpenID Connect."""

from datetime import datetime

import strawberry

from db.access.identities import IdentityRow
from domain.openid_connect import SignInProvider as ProviderRow
from resolvers.access import identities
from schema.access.sessions import OWN_IF_OLD
from schema.core.changed_lists import IDS
from schema.core.fields import expose, publish_input, shows
from schema.core.payloads import payload

publish_input(
    identities.LinkIdentityInput,
    password=OWN_IF_OLD,
    return_to="The path to which the person returns at the end. It is of this server, and starts with one slash.",
)
publish_input(
    identities.UnlinkIdentityInput,
    identity_id="The id of the identity.",
    password=OWN_IF_OLD,
)


@shows(ProviderRow)
class SignInProvider:
    """A provider by which people may sign in with OpenID Connect."""

    name: str = strawberry.field(description="What people call the provider, for a button.")
    url: str = strawberry.field(
        description="The address that begins a sign-in. Open it in the browser, with `?returnTo=` and a path if needed."
    )


@shows(IdentityRow)
class Identity:
    """One of your sign-ins by OpenID Connect: a person at a provider who may sign in to your account."""

    id: strawberry.ID = strawberry.field(description="The id for `unlinkIdentity`. It is not an id for `node(id:)`.")
    issuer: str = strawberry.field(description="The address that identifies the provider.")
    created_at: datetime = strawberry.field(description="When it was added to the account.")
    last_used_at: datetime | None = strawberry.field(description="When somebody last signed in with it; null if never.")


sign_in_providers = expose(identities.sign_in_providers, list[SignInProvider])
link_identity = expose(identities.link_identity, payload(identities.LinkIdentityPayload) | None)
unlink_identity = expose(
    identities.unlink_identity,
    payload(identities.UnlinkIdentityPayload, deleted_identity_ids=expose(identities.deleted_identity_ids, IDS)) | None,
)
