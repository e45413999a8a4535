"""A person's own passkeys, and the sign-in with one."""

from datetime import datetime

import strawberry
from strawberry.scalars import JSON

from db.access.passkeys import PasskeyRow
from domain.passkeys import PasskeyDevice
from resolvers.access import passkey_sign_ins, passkeys
from resolvers.access.passkey_answers import MAX_CHARACTERS
from schema.access.sessions import OWN_PASSWORD, SessionPayload
from schema.core.changed_lists import IDS
from schema.core.fields import expose, publish_enum, publish_input, shows
from schema.core.paging import Edge
from schema.core.payloads import payload
from schema.core.refs import PasskeyRef

ANSWER = (
    f"What `credential.toJSON()` returns in the browser, as a JSON object with at most {MAX_CHARACTERS} characters in "
    "its texts."
)
NAME = "A name by which you know the passkey; 1 to 100 characters."
OWN_PASSKEY = "The id of the passkey."

publish_enum(PasskeyDevice)
publish_input(passkeys.BeginPasskeyInput, password=OWN_PASSWORD)
publish_input(passkeys.AddPasskeyInput, answer=ANSWER, name=NAME)
publish_input(passkeys.RenamePasskeyInput, passkey_id=OWN_PASSKEY, name=NAME)
publish_input(passkeys.RemovePasskeyInput, passkey_id=OWN_PASSKEY, password=OWN_PASSWORD)
publish_input(passkey_sign_ins.SignInWithPasskeyInput, answer=ANSWER)


@shows(PasskeyRow)
class Passkey:
    """One of your passkeys, with which you sign in without a password."""

    id: strawberry.ID = strawberry.field(description="The id for mutations. It is not an id for `node(id:)`.")
    name: str = strawberry.field(description="The name that you gave it.")
    device: PasskeyDevice = strawberry.field(description="Where it is kept, as far as the browser said it.")
    alone: bool = strawberry.field(
        description=(
            "Whether it stands for the password. After a reset of the password it is a second step only, until it was "
            "used as one."
        )
    )
    created_at: datetime = strawberry.field(description="When you added it.")
    last_used_at: datetime | None = strawberry.field(
        description="When you last signed in with it; null if it was never used."
    )


passkey_options = expose(
    passkey_sign_ins.passkey_options, JSON, challenge="The `challenge` of a sign-in that waits for its second step."
)
begin_passkey = expose(passkeys.begin_passkey, payload(passkeys.BeginPasskeyPayload) | None)
add_passkey = expose(
    passkeys.add_passkey,
    payload(
        passkeys.AddPasskeyPayload,
        passkey_edges=expose(passkeys.new_passkey_edges, list[Edge[PasskeyRef]]),
    )
    | None,
)
rename_passkey = expose(passkeys.rename_passkey, payload(passkeys.RenamePasskeyPayload) | None)
remove_passkey = expose(
    passkeys.remove_passkey,
    payload(passkeys.RemovePasskeyPayload, deleted_passkey_ids=expose(passkeys.deleted_passkey_ids, IDS)) | None,
)
sign_in_with_passkey = expose(passkey_sign_ins.sign_in_with_passkey, SessionPayload | None)
