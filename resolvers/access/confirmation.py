"""The confirmation of a sensitive change: a fresh sign-in, or else the password.

A session lasts for weeks, and may be stolen. So a change with which a thief could keep an account needs more than a
session. Most sensitive changes are written with `sensitive`:

    @sensitive(Action.ACCOUNTS_CHANGE_EMAIL)
    async def change_email(change: Change, input: ChangeEmailInput) -> ChangeEmailPayload: ...

It is as `mutation`, for an action on the gateway and an input that is a `ConfirmedInput`. A resolver that hashes
something before its transaction calls `confirm` itself.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import ClassVar, TypeVar, get_type_hints

from db.access import confirmation
from domain.actions import Action
from domain.problems import Unauthenticated, UserError, UserErrorCode
from domain.subjects import Person
from policies import facts
from resolvers.access.authentication import authenticate
from resolvers.access.persons import signed_in
from resolvers.core.context import SIGN_IN, Context, Info
from resolvers.core.mutation_types import MutationInput, Payload
from resolvers.core.mutations import Change, Work, performs, run_mutation

NEEDED = UserError(
    UserErrorCode.PASSWORD_NEEDED,
    "You signed in more than 10 minutes ago. Confirm this with your password.",
    ["password"],
)
SIGN_IN_AGAIN = UserError(
    UserErrorCode.SIGN_IN_AGAIN,
    "You signed in more than 10 minutes ago, and your account has no password that you know. Sign in again, as you did "
    "here, and then repeat this. Or set a password with a link by mail.",
)
STEP_NEEDED = UserError(
    UserErrorCode.SIGN_IN_AGAIN,
    "Your account has a second factor, and you did not give it when you signed in here. Sign in again with it.",
)
WRONG = UserError(UserErrorCode.INVALID_CREDENTIALS, "This is not the password of your account.", ["password"])


@dataclass(kw_only=True)
class ConfirmedInput(MutationInput):
    """The input of a sensitive change. A subclass with more secrets adds them to `SECRETS`."""

    SECRETS: ClassVar[tuple[str, ...]] = ("password",)

    password: str | None = None


In = TypeVar("In", bound=ConfirmedInput)
Out = TypeVar("Out", bound=Payload)


def sensitive(action: Action) -> Callable[[Work[In, Out]], Callable[[Info, In], Awaitable[Out]]]:
    """Make a resolver of `(info, input)` from a function that makes a sensitive change under `action`."""

    def wrap(work: Work[In, Out]) -> Callable[[Info, In], Awaitable[Out]]:
        hints = get_type_hints(work)

        async def resolve(info: Info, input: In) -> Out:
            info.context.require(action, facts.GATEWAY)
            error = await confirm(info.context, input.password)
            if error is not None:
                payload: Out = hints["return"](errors=[error])
                return payload
            return await run_mutation(info.context, action, work, input, hints["return"])

        resolve.__name__, resolve.__module__, resolve.__doc__ = work.__name__, work.__module__, work.__doc__
        resolve.__annotations__ = {"info": Info, "input": hints["input"], "return": hints["return"]}
        return performs(action)(resolve)

    return wrap


async def confirm(context: Context, password: str | None) -> UserError | None:
    """The error unless the person of the session signed in at most 10 minutes ago, or sends the right password.

    A wrong password is refused in a fresh session, too, because a person who sends one expects that it counts.

    Call it before the transaction of the change, which is made only while the session is valid: the check of a password
    waits for its turn, and meanwhile the operation must hold no connection. A check is counted as a sign-in is.
    A session without the second factor of the account confirms nothing: a thief of an older session and of the password
    could else replace the factor. PASSWORD_NEEDED and SIGN_IN_AGAIN say what is missing; INVALID_CREDENTIALS and
    TOO_MANY_ATTEMPTS are as in `signIn`. Raises Unauthenticated if nobody is signed in, and Unavailable.
    """
    actor = signed_in(context.actor)
    async with context.reading() as connection:
        session = await confirmation.of_session(connection, actor.session_id)
    if session is None:
        raise Unauthenticated(SIGN_IN)
    if session.lacks_second_factor:
        return STEP_NEEDED
    if not session.is_fresh and not session.has_password:
        return SIGN_IN_AGAIN
    if password is None:
        return None if session.is_fresh else NEEDED
    account, error, attempt = await authenticate(context, session.email, password)
    if account is None or attempt is None or account.user.id != actor.user_id:
        return error if error is not None and error.code is UserErrorCode.TOO_MANY_ATTEMPTS else WRONG
    async with context.database.transaction() as connection:
        await attempt.forget(connection)
        await connection.commit()
    return None


async def missing_step(change: Change) -> UserError | None:
    """The error if the account has got a second factor that was not given in this session. It sees the present state.

    It is for changes that were confirmed a while ago. Call it after the account is locked. Raises Unauthenticated.
    """
    session_id = change.actor.session_id if isinstance(change.actor, Person) else ""
    session = await confirmation.of_session(change.connection, session_id)
    if session is None:
        raise Unauthenticated(SIGN_IN)
    return STEP_NEEDED if session.lacks_second_factor else None
