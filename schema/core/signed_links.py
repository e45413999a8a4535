"""Links to documents."""

from datetime import datetime

import strawberry

from resolvers.core.signed_links import SignedLink as SignedLinkRow
from schema.core.fields import shows


@shows(SignedLinkRow)
class SignedLink:
    """A link that opens one document without a sign-in. Treat it as a secret: it opens the document for everybody."""

    url: str = strawberry.field(description="The address of the document.")
    expires_at: datetime = strawberry.field(description="The moment until which it can be opened.")
