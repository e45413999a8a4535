"""Sign-ins by OpenID Connect of the signed-in person's own account: list them, add one, and remove one."""

from dataclasses import dataclass, field

import strawberry

from db.access import identities
from db.access.identities import IdentityRow
from db.core.paging import Listing
from domain.actions import Action
from domain.credentials import Credential, CredentialKind
from domain.mails import AccountEvent
from domain.openid_connect import SignInFlow, SignInProvider, begin_flow, is_local
from domain.paging import Paging
from domain.problems import BadInput, NotFound, UserError, UserErrorCode
from policies import facts
from resolvers.access.account_notices import notify
from resolvers.access.confirmation import ConfirmedInput, confirm, missing_step, sensitive
from resolvers.access.identity_sign_ins import OVER, Callback
from resolvers.core.changed_lists import told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by, paged
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, performs, run_mutation
from resolvers.core.relay import ConnectionRow, listing
from resolvers.core.rollbacks import roll_back

MISSING = UserError(
    UserErrorCode.PROVIDER_MISSING, "The operator of this server has set up no sign-in by OpenID Connect."
)
TAKEN = UserError(
    UserErrorCode.IDENTITY_TAKEN,
    "Another account is linked to this person at the provider. Sign in to it and remove the link, or sign in as "
    "another person at the provider.",
)
DIFFERS = UserError(
    UserErrorCode.IDENTITY_DIFFERS,
    "Your account is linked to another person at this provider. Remove that link first, or sign in at the provider as "
    "that person.",
)


@dataclass
class LinkIdentityInput(ConfirmedInput):
    """Add a sign-in by OpenID Connect to your account, whatever e-mail address you have at the provider."""

    return_to: str = "/"


@dataclass
class UnlinkIdentityInput(ConfirmedInput):
    """A sign-in by OpenID Connect to remove from your account."""

    identity_id: strawberry.ID


@dataclass
class LinkIdentityPayload:
    """Where to send the browser now."""

    url: str | None = field(
        default=None,
        metadata={
            "description": (
                "The address to open now in the browser that has sent this request; it leads to the provider. Null if "
                "`errors` says why."
            )
        },
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class UnlinkIdentityPayload:
    """The sign-in by OpenID Connect that was removed."""

    unlinked_identity_id: strawberry.ID | None = field(
        default=None, metadata={"description": "The id of the identity; null if it was not removed."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.SESSIONS_CREATE)
def sign_in_providers(info: Info) -> list[SignInProvider]:
    """The providers by which people may sign in with OpenID Connect. Empty if the operator has set up none."""
    info.context.require(Action.SESSIONS_CREATE, facts.GATEWAY)
    found = info.context.provider_sign_ins
    return [] if found is None else [found.provider]


@performs(Action.VIEWER_READ)
@loaded_by("id")
@paged
def own_identities(context: Context, paging: Paging) -> Loading[ConnectionRow[IdentityRow]]:
    """Your sign-ins by OpenID Connect, the oldest first; none for another person.

    FORBIDDEN for a partner token.
    """
    context.require(Action.VIEWER_READ, facts.GATEWAY)
    return listing(context, _listed, paging)


@performs(Action.IDENTITIES_LINK)
async def link_identity(info: Info, input: LinkIdentityInput) -> LinkIdentityPayload:
    """Begin to add a sign-in by OpenID Connect to your account: the answer says where to send the browser.

    The answer sets a cookie for ten minutes, so the page must be of the same site as Usher. At the end the person
    returns to `returnTo`, and gets a mail. Errors: PROVIDER_MISSING if the operator has set up no provider;
    PASSWORD_NEEDED, SIGN_IN_AGAIN, INVALID_CREDENTIALS and TOO_MANY_ATTEMPTS, as of `changePassword`. Raises
    BAD_USER_INPUT if `returnTo` is no path of this server.
    """
    context = info.context
    if not is_local(input.return_to):
        raise BadInput("`returnTo` must be a path of this server that starts with one slash.")
    context.require(Action.IDENTITIES_LINK, facts.GATEWAY)
    if context.provider_sign_ins is None:
        return LinkIdentityPayload(errors=[MISSING])
    if (error := await confirm(context, input.password)) is not None:
        return LinkIdentityPayload(errors=[error])
    sign_ins, flows = context.provider_sign_ins, list[SignInFlow]()

    async def work(change: Change, input: LinkIdentityInput) -> LinkIdentityPayload:
        await change.decide(facts.GATEWAY)
        flows.append(begin_flow(input.return_to, context.required_credential().token_hash.hex()))
        await change.record(None, change.by, {}, {"link": "begun"})
        return LinkIdentityPayload(f"{sign_ins.provider.url}/link")

    payload = await run_mutation(context, Action.IDENTITIES_LINK, work, input, LinkIdentityPayload)
    if flows and not input.dry_run:  # a repeat begins nothing
        context.flow_cookie = sign_ins.cookies.write(flows[-1])
    return payload


async def link(context: Context, callback: Callback, session_hash: str) -> UserError | None:
    """Add the person that the provider named to the account of the session that began this. Returns the error.

    Raises InvalidCredential if the session has ended meanwhile, and Forbidden.
    """
    context.credential = Credential(CredentialKind.SESSION, bytes.fromhex(session_hash))

    async def work(change: Change, _: MutationInput) -> LinkIdentityPayload:
        await change.decide(facts.GATEWAY)
        if not await callback.spend(change):
            return LinkIdentityPayload(errors=[OVER])
        added = await callback.add_to(change, change.by)
        if added is None:
            return LinkIdentityPayload(errors=await _why_not(change, callback))
        # The account is locked now. A reset of the password may have ended this session meanwhile.
        await change.reload_actor()
        if (missing := await missing_step(change)) is not None:
            await roll_back(change)
            return LinkIdentityPayload(errors=[missing])
        await change.record(None, change.by, {}, {"identity": added.id})
        return LinkIdentityPayload()

    payload = await run_mutation(context, Action.IDENTITIES_LINK, work, MutationInput(), LinkIdentityPayload)
    return payload.errors[0] if payload.errors else None


@sensitive(Action.IDENTITIES_UNLINK)
async def unlink_identity(change: Change, input: UnlinkIdentityInput) -> UnlinkIdentityPayload:
    """Remove a sign-in by OpenID Connect from your account. Your sessions go on, and you get a mail.

    If it was your only way to sign in, reset your password first. A sign-in at the provider does not add it again, even
    if you have the same e-mail address there: use `linkIdentity`. Errors: PASSWORD_NEEDED, SIGN_IN_AGAIN,
    INVALID_CREDENTIALS and TOO_MANY_ATTEMPTS, as of `changePassword`. Raises NOT_FOUND if you have no such sign-in.
    """
    await change.decide(facts.GATEWAY)
    if not await identities.remove(change.connection, input.identity_id, change.by):
        raise NotFound("identity")
    await notify(change, change.by, AccountEvent.IDENTITY_UNLINKED)
    await change.record(None, change.by, {"identity": input.identity_id}, {})
    return UnlinkIdentityPayload(input.identity_id)


@told
async def deleted_identity_ids(root: UnlinkIdentityPayload, _info: Info) -> list[strawberry.ID]:
    """The ids of your sign-ins by OpenID Connect that were removed."""
    return [] if root.unlinked_identity_id is None else [root.unlinked_identity_id]


async def _why_not(change: Change, callback: Callback) -> list[UserError]:
    """Why the identity was not added; nothing if the account has it already."""
    known = await identities.account_of(change.connection, callback.claims.issuer, callback.claims.subject)
    if known is None:
        return [DIFFERS]
    return [] if known.user.id == change.by else [TAKEN]


def _listed(context: Context) -> Listing[IdentityRow]:
    return identities.listed(context.account_reach(Action.MEMBERS_READ))
