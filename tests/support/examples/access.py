"""Accounts, sessions and partner tokens."""

from datetime import UTC, datetime, timedelta

from domain.actions import Action, Scope
from domain.passkeys import Purpose
from tests.support import passkeys
from tests.support.examples.example import PASSWORD, Input, Scene, example
from tests.support.second_factors import code


@example(Action.ACCOUNTS_CREATE, "email", changed={"firstName": "Augusta"})
async def sign_up(scene: Scene, _: str = "a new account") -> Input:
    """The data of a new account."""
    return {"email": scene.email(), "password": PASSWORD, "firstName": "Ada", "lastName": "Byron"}


@example(Action.ACCOUNTS_CREATE, "user { id email } token challenge secondFactors", changed={"delivery": "COOKIE"})
async def verify_email(scene: Scene, _: str = "a sign-up") -> Input:
    """The link and the password of a sign-up."""
    return {"token": await scene.world.sign_up(scene.email(), PASSWORD), "password": PASSWORD}


@example(Action.SESSIONS_CREATE, "user { id email } token challenge secondFactors", changed={"delivery": "COOKIE"})
async def sign_in(scene: Scene, _: str = "an account") -> Input:
    """The address and the password of a new account."""
    email = scene.email()
    link = await scene.world.sign_up(email, PASSWORD)
    await scene.client(verify_email.operation(), input={"token": link, "password": PASSWORD})
    return {"email": email, "password": PASSWORD}


@example(Action.ACCOUNTS_RESET, "user { id email } token challenge secondFactors", changed={"delivery": "COOKIE"})
async def reset_password(scene: Scene, _: str = "an account") -> Input:
    """A link of a new account, and a new password."""
    return {"token": await scene.world.reset((await scene.world.person()).id), "password": PASSWORD}


@example(Action.ACCOUNTS_RESET, "email", changed={"dryRun": True})
async def request_password_reset(scene: Scene, _: str = "an account") -> Input:
    """The address of a new account."""
    return {"email": (await scene.world.person()).email}


@example(
    Action.ACCOUNTS_CHANGE_PASSWORD,
    "user { id email } endedSessions deletedSessionIds",
    changed={"dryRun": True},
)
async def change_password(scene: Scene, _: str = "the account") -> Input:
    """A new password of an actor with another session."""
    await scene.world.session(scene.actor.id)
    return {"newPassword": PASSWORD}


@example(Action.ACCOUNTS_CHANGE_EMAIL, "email", changed={"email": "another@tests.example"})
async def change_email(scene: Scene, _: str = "the account") -> Input:
    """A new address."""
    return {"email": scene.email()}


@example(Action.ACCOUNTS_CONFIRM_EMAIL, "email", changed={"dryRun": True})
async def confirm_email(scene: Scene, _: str = "a change") -> Input:
    """The link to the new address of a new account, and the account's password."""
    person = await scene.world.person()
    await scene.world.set_password(person.id, PASSWORD)
    token, _ = await scene.world.email_change(person, scene.email())
    return {"token": token, "password": PASSWORD}


@example(
    Action.ACCOUNTS_CONFIRM_EMAIL, "user { id email } token challenge secondFactors", changed={"delivery": "COOKIE"}
)
async def undo_email_change(scene: Scene, _: str = "a change") -> Input:
    """The link to the old address of a new account, and a new password."""
    _, undo = await scene.world.email_change(await scene.world.person(), scene.email())
    return {"token": undo, "password": PASSWORD}


@example(Action.SESSIONS_END, "signedOut", changed={"dryRun": True})
async def sign_out(_scene: Scene, _: str = "the session") -> Input:
    """Nothing: the mutation ends the session of the request."""
    return {}


@example(
    Action.SESSIONS_END, "endedSessionId deletedSessionIds", changed={"dryRun": True}, foreign={"sessionId": "session"}
)
async def end_session(scene: Scene, about: str = "self") -> Input:
    """A new session, by default of the actor."""
    user_id = scene.actor.id if about == "self" else await scene.person(about)
    await scene.world.session(user_id)
    return {"sessionId": (await scene.world.sessions(user_id))[-1]}


@example(Action.SESSIONS_END, "endedSessionIds deletedSessionIds", changed={"dryRun": True})
async def end_other_sessions(scene: Scene, _: str = "all others") -> Input:
    """Nothing: the mutation ends a new session, and keeps that of the request."""
    await scene.world.session(scene.actor.id)
    return {}


@example(Action.IDENTITIES_LINK, "url", changed={"returnTo": "/profile"})
async def link_identity(_scene: Scene, _: str = "the account") -> Input:
    """Nothing: the mutation is about the account of the session."""
    return {}


@example(
    Action.IDENTITIES_UNLINK,
    "unlinkedIdentityId deletedIdentityIds",
    changed={"dryRun": True},
    foreign={"identityId": "identity"},
)
async def unlink_identity(scene: Scene, _: str = "an identity") -> Input:
    """A new identity of the actor."""
    return {"identityId": await scene.world.identity(scene.actor.id)}


@example(
    Action.TOKENS_CREATE,
    "partnerToken { id name scopes revokedAt grantor { id } } secret partnerTokenEdges { cursor node { id } }",
    changed={"name": "Weekly sync"},
    foreign={"teamId": "team"},
)
async def create_partner_token(scene: Scene, _: str = "the team") -> Input:
    """The data of a new token."""
    expires = (datetime.now(UTC) + timedelta(days=30)).isoformat()
    return {"teamId": scene.team, "name": "Nightly sync", "scopes": ["SEATS_ASSIGN"], "expiresAt": expires}


@example(
    Action.TOKENS_ROTATE,
    "partnerToken { id previousSecretEndsAt } secret",
    changed={"dryRun": True},
    foreign={"tokenId": "token"},
)
async def rotate_partner_token(scene: Scene, about: str = "self") -> Input:
    """A new token, which only its grantor may rotate."""
    grantor = await scene.insider("self" if about == "self" else "a manager")
    token, _ = await scene.world.token(scene.team, grantor, Scope.SEATS_READ)
    return {"tokenId": token}


@example(Action.TOKENS_REVOKE, "partnerToken { id revokedAt }", changed={"dryRun": True}, foreign={"tokenId": "token"})
async def revoke_partner_token(scene: Scene, about: str = "another's") -> Input:
    """A new token."""
    grantor = await scene.insider("self" if about == "self" else "a manager")
    token, _ = await scene.world.token(scene.team, grantor, Scope.SEATS_READ)
    return {"tokenId": token}


@example(Action.SESSIONS_CREATE, "user { id email } token challenge secondFactors", changed={"dryRun": True})
async def complete_sign_in(scene: Scene, _: str = "a challenge") -> Input:
    """A challenge of a new account, and the code of its app."""
    account = await scene.world.person()
    secret = await scene.world.authenticator(account.id)
    return {"challenge": await scene.world.challenge(account.id), "code": code(secret)}


@example(Action.SECOND_FACTORS_UPDATE, "secret uri", changed={"dryRun": True})
async def begin_authenticator_app(_scene: Scene, _: str = "oneself") -> Input:
    """Nothing: the mutation is about the person of the session."""
    return {}


@example(Action.SECOND_FACTORS_UPDATE, "recoveryCodes", changed={"dryRun": True})
async def confirm_authenticator_app(scene: Scene, _: str = "an app") -> Input:
    """The code of an app that the actor has begun to set up."""
    return {"code": code(await scene.world.authenticator(scene.actor.id, confirmed=False))}


@example(Action.SECOND_FACTORS_UPDATE, "removed", changed={"dryRun": True})
async def remove_authenticator_app(scene: Scene, _: str = "an app") -> Input:
    """Nothing: the actor has an app, and has signed in with it."""
    await scene.world.authenticator(scene.actor.id)
    await scene.world.prove(scene.actor.id)
    return {}


@example(Action.SECOND_FACTORS_UPDATE, "recoveryCodes", changed={"dryRun": True})
async def renew_recovery_codes(scene: Scene, _: str = "an app") -> Input:
    """Nothing: the actor has an app, and has signed in with it."""
    await scene.world.authenticator(scene.actor.id)
    await scene.world.prove(scene.actor.id)
    return {}


@example(Action.SESSIONS_CREATE, "user { id email } token challenge secondFactors", changed={"delivery": "COOKIE"})
async def sign_in_with_passkey(scene: Scene, _: str = "a passkey") -> Input:
    """An answer of the passkey of a new account."""
    device = await passkeys.device_of(scene.world, (await scene.world.person()).id)
    return {"answer": device.get(passkeys.options(Purpose.SIGN_IN))}


@example(Action.PASSKEYS_ADD, "options", changed={"dryRun": True})
async def begin_passkey(_scene: Scene, _: str = "the account") -> Input:
    """Nothing: the mutation is about the account of the session."""
    return {}


@example(
    Action.PASSKEYS_ADD,
    "passkey { id name device alone } recoveryCodes passkeyEdges { cursor node { id } }",
    changed={"name": "Security key"},
)
async def add_passkey(scene: Scene, _: str = "the account") -> Input:
    """A new passkey of the actor."""
    return {"name": "Laptop", "answer": passkeys.Device().create(passkeys.options(Purpose.ADD, scene.actor.id))}


@example(Action.PASSKEYS_RENAME, "passkey { id name }", changed={"name": "Phone"}, foreign={"passkeyId": "passkey"})
async def rename_passkey(scene: Scene, about: str = "self") -> Input:
    """A passkey, by default one of the actor, and its new name."""
    return {"passkeyId": await _passkey(scene, about), "name": "Old laptop"}


@example(
    Action.PASSKEYS_REMOVE,
    "removedPasskeyId deletedPasskeyIds",
    changed={"dryRun": True},
    foreign={"passkeyId": "passkey"},
)
async def remove_passkey(scene: Scene, about: str = "self") -> Input:
    """A passkey, by default one of the actor."""
    return {"passkeyId": await _passkey(scene, about)}


async def _passkey(scene: Scene, about: str) -> str:
    """A passkey of the actor, who has signed in with it, or of somebody else."""
    owner = scene.actor if about == "self" else await scene.world.person()
    await scene.world.prove(owner.id)
    return await passkeys.add_row(scene.world, owner.id, passkeys.Device())
