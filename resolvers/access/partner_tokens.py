"""Partner tokens: the mutations that create, rotate and revoke them, their fields, and the token that is used."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from math import ceil
from typing import ClassVar

import strawberry

from db.access import partner_tokens
from db.access.partner_tokens import TokenRow
from db.core import ids
from db.core.rows import by_id
from db.people import members
from db.people.users import UserRow
from domain import text
from domain.actions import Action, Scope
from domain.credentials import CredentialKind, issue
from domain.mails import AccountEvent
from domain.problems import UserError, UserErrorCode
from domain.subjects import Actor, Partner
from domain.text import NAME_RULE
from policies import facts
from policies.engine.policy import Policy
from resolvers.access.account_notices import notify
from resolvers.core.changed_lists import told
from resolvers.core.context import Context, Info
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs, require_row
from resolvers.core.node_kinds import Abilities, NodeKind
from resolvers.core.relations import one
from resolvers.core.relay import BY_ID, EdgeRow
from resolvers.people.users import USER

MAX_LIFETIME = timedelta(days=366)


@dataclass
class CreatePartnerTokenInput(MutationInput):
    """A new partner token of a team: its name, its scopes, and the time at which it expires (within 366 days)."""

    team_id: strawberry.ID
    name: str
    scopes: list[Scope]
    expires_at: datetime


@dataclass
class RevokePartnerTokenInput(MutationInput):
    """The partner token to revoke."""

    token_id: strawberry.ID


@dataclass
class RotatePartnerTokenInput(MutationInput):
    """The partner token that is to get a new secret."""

    token_id: strawberry.ID


@dataclass
class CreatePartnerTokenPayload:
    """The new token. `secret` is shown only in this answer and is never stored; it is null in a dry run."""

    SECRETS: ClassVar = ("secret",)

    partner_token: TokenRow | None = field(
        default=None, metadata={"description": "The new token; null if it was not created."}
    )
    secret: str | None = field(
        default=None,
        metadata={
            "description": (
                "The secret, which the partner sends as `Authorization: Bearer …`; null without a new token, in a dry "
                "run and in a repeat."
            )
        },
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RotatePartnerTokenPayload:
    """The token with its new secret, which is shown only in this answer and is never stored; null in a dry run."""

    SECRETS: ClassVar = ("secret",)

    partner_token: TokenRow = field(
        metadata={"description": "The token as it is now, with `previousSecretEndsAt`, also if it was not rotated."}
    )
    secret: str | None = field(
        default=None,
        metadata={
            "description": (
                "The new secret; null if the token was not rotated, in a dry run and in a repeat. The secret before "
                "works for 24 hours more, or until the token ends."
            )
        },
    )
    errors: list[UserError] = field(default_factory=list)


@dataclass
class RevokePartnerTokenPayload:
    """The token, which is now revoked."""

    partner_token: TokenRow = field(metadata={"description": "The token, which works no more."})
    errors: list[UserError] = field(default_factory=list)


@mutation(Action.TOKENS_CREATE)
async def create_partner_token(change: Change, input: CreatePartnerTokenInput) -> CreatePartnerTokenPayload:
    """Create a partner token for a team.

    The token may do what its scopes allow, but only while you may do it yourself. If you leave the team, it is revoked.
    A mail tells you.
    Errors: NAME_INVALID, EXPIRY_INVALID, LIST_EMPTY (no scope), SCOPE_NOT_HELD (a scope for something that you may not
    do yourself). Raises NOT_FOUND for the team, FORBIDDEN.
    """
    team = await change.team(input.team_id)
    change.require([facts.team(change.actor, team.id)])
    # Decide again with the membership locked: the grantor may be removed at the same moment.
    await members.lock(change.connection, team.id, [change.by])
    await change.reload_actor()
    await change.decide(facts.team(change.actor, team.id))
    errors = [*_input_errors(input), *_scope_errors(change, input)]
    if errors:
        return CreatePartnerTokenPayload(errors=errors)
    secret, credential = issue(CredentialKind.PARTNER)
    scopes = sorted(set(input.scopes))
    now, expires = datetime.now(UTC), input.expires_at
    name = text.display_name(input.name) or ""
    token = TokenRow(ids.new("token"), team.id, name, scopes, change.by, now, expires, None, None)
    await partner_tokens.create(change.connection, token, credential.token_hash)
    after = {"name": token.name, "scopes": scopes, "expires": expires.isoformat()}
    await change.record(team.id, token.id, {}, after)
    await notify(change, change.by, AccountEvent.TOKEN_CREATED, token.id)
    return CreatePartnerTokenPayload(token, None if input.dry_run else secret)


@mutation(Action.TOKENS_REVOKE)
async def revoke_partner_token(change: Change, input: RevokePartnerTokenInput) -> RevokePartnerTokenPayload:
    """Revoke a partner token. The next request with any secret of it is refused. If it is revoked, nothing changes.

    Raises NOT_FOUND for the token, FORBIDDEN, also if you are a token: only people revoke tokens.
    """
    if isinstance(change.actor, Partner):
        change.require([facts.token(change.actor, change.actor.team_id)])
    token = await _token(change, input.token_id)
    await change.decide(facts.token(change.actor, token.team_id))
    revoked = await partner_tokens.revoke(change.connection, token.team_id, token.id)
    if revoked is None:
        return RevokePartnerTokenPayload(token)
    await change.record(token.team_id, token.id, {"revoked": False}, {"revoked": True})
    return RevokePartnerTokenPayload(revoked)


@mutation(Action.TOKENS_ROTATE)
async def rotate_partner_token(change: Change, input: RotatePartnerTokenInput) -> RotatePartnerTokenPayload:
    """Give a partner token that you granted a new secret. Its name, scopes and end stay.

    The secret before works for 24 hours more, or until the token ends, so that the partner can change over without a
    gap. Revoking the token ends both. A mail tells you. Errors: TOKEN_ENDED (it is revoked or has expired) and
    TOKEN_ROTATED (two secrets work already).
    Raises NOT_FOUND for the token, FORBIDDEN if you did not grant it, or if you are a token: only people rotate tokens.
    """
    # Decide before the lookup: a token finds no token, and NOT_FOUND would hide that only people may do it.
    if isinstance(change.actor, Partner):
        change.require([facts.member(change.actor, change.actor.team_id, change.actor.grantor_id)])
    token = await _token(change, input.token_id)
    await change.decide(_grantor(change.actor, token))
    secret, credential = issue(CredentialKind.PARTNER)
    rotated = await partner_tokens.rotate(change.connection, token.team_id, token.id, credential.token_hash)
    if rotated is None:
        return RotatePartnerTokenPayload(token, errors=[_not_rotated(await _token(change, input.token_id))])
    ends = rotated.previous_secret_ends_at
    after = {"rotated": True, "previousSecretEnds": None if ends is None else ends.isoformat()}
    await change.record(token.team_id, token.id, {}, after)
    await notify(change, token.grantor_id, AccountEvent.TOKEN_ROTATED, token.id)
    return RotatePartnerTokenPayload(rotated, None if input.dry_run else secret)


@performs(Action.TOKENS_READ_OWN)
async def viewer_token(info: Info) -> TokenRow | None:
    """The partner token of this request, with its scopes and its end. A token may read it without any scope.

    FORBIDDEN for a person, who can use `viewer`.
    """
    context = info.context
    context.require(Action.TOKENS_READ_OWN, facts.GATEWAY)
    return await context.load(_own, context.actor.token_id) if isinstance(context.actor, Partner) else None


@told
async def new_token_edges(root: CreatePartnerTokenPayload, _info: Info) -> list[EdgeRow[TokenRow]]:
    """The new token, for the list of tokens of the team."""
    return [] if root.partner_token is None else [EdgeRow(root.partner_token, (root.partner_token.id,), BY_ID)]


@performs(Action.MEMBERS_READ)
@loaded_by("grantor_id")
def grantor(context: Context) -> Loading[UserRow]:
    """The person who created the token and whose rights limit it; null if they have left the team."""
    return context.loading(USER.find)


async def _own(context: Context, ids: Sequence[str]) -> Mapping[str, TokenRow]:
    async with context.reading() as connection:
        return by_id(await partner_tokens.OWN.rows(connection, list(ids)))


async def _token(change: Change, id_: str) -> TokenRow:
    """A token that the actor may read. Raises NotFound."""
    found = await partner_tokens.by_ids(change.connection, change.reach(Action.TOKENS_READ), [id_])
    return require_row(found, id_, "token")


def _grantor(actor: Actor, token: TokenRow) -> facts.Member:
    return facts.member(actor, token.team_id, token.grantor_id)


def _not_rotated(token: TokenRow) -> UserError:
    """Why a token got no new secret."""
    now, ends = datetime.now(UTC), token.previous_secret_ends_at
    if token.revoked_at is not None or token.expires_at <= now or ends is None:
        message = "The token is revoked or has expired, so it gets no new secret. Create a new token."
        return UserError(UserErrorCode.TOKEN_ENDED, message, ["tokenId"])
    if ends >= token.expires_at:
        message = "The token was rotated already, and ends before it can be rotated again. Create a new token."
        return UserError(UserErrorCode.TOKEN_ROTATED, message, ["tokenId"])
    message = f"The token was rotated already: the secret before works until {ends:%d %B %Y, %H:%M} UTC."
    wait = max(1, ceil((ends - now).total_seconds()))
    return UserError(UserErrorCode.TOKEN_ROTATED, message, ["tokenId"], retry_after=wait)


def _input_errors(input: CreatePartnerTokenInput) -> list[UserError]:
    errors = []
    if text.display_name(input.name) is None:
        errors.append(UserError(UserErrorCode.NAME_INVALID, NAME_RULE, ["name"]))
    if not input.scopes:
        errors.append(UserError(UserErrorCode.LIST_EMPTY, "Name at least one scope.", ["scopes"]))
    if not timedelta() < input.expires_at - datetime.now(UTC) <= MAX_LIFETIME:
        message = f"`expiresAt` must be in the future, at most {MAX_LIFETIME.days} days from now."
        errors.append(UserError(UserErrorCode.EXPIRY_INVALID, message, ["expiresAt"]))
    return errors


def _scope_errors(change: Change, input: CreatePartnerTokenInput) -> list[UserError]:
    """An error for each scope whose action the grantor may not perform."""
    errors, role = [], facts.standings(change.actor).get(input.team_id)
    for row, scope in enumerate(input.scopes):
        target = next(facts.targets_of_role(change.context.policy.kinds[scope.action], role))
        if not change.context.policy.decide(change.actor, scope.action, target).allowed:
            message = f"You may not do {scope} yourself, so a token of yours may not do it either."
            errors.append(UserError(UserErrorCode.SCOPE_NOT_HELD, message, ["scopes"], row))
    return errors


def _abilities(policy: Policy, actor: Actor, row: TokenRow) -> Abilities:
    return {
        **policy.abilities(actor, facts.token(actor, row.team_id)),
        Action.TOKENS_ROTATE: policy.explain(actor, Action.TOKENS_ROTATE, _grantor(actor, row)),
    }


TOKEN = NodeKind("token", TokenRow, one(partner_tokens.BY_IDS, Action.TOKENS_READ), _abilities, explained=True)
