"""A person's own profile: the names of their account, and the language of the mails to them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from db.access import account_notices, mail_pauses
from db.audit.audit_log import PersonalValues
from db.people import profiles, users
from db.people.profiles import Profile
from db.people.users import UserRow
from db.queue import jobs
from domain.actions import Action
from domain.languages import Language
from domain.mails import ACCOUNT_NOTICE, AccountEvent, AccountNoticeMail, MailPurpose
from domain.problems import BadInput, UserError, UserErrorCode
from domain.text import NAME_RULE, display_name, last_name
from policies import facts
from resolvers.core.context import Context
from resolvers.core.fields import loaded_by
from resolvers.core.loaders import Loading
from resolvers.core.mutation_types import MutationInput
from resolvers.core.mutations import Change, mutation, performs


@dataclass
class UpdateProfileInput(MutationInput):
    """What to change in your own account. What you leave out stays as it is."""

    first_name: str | None = None
    last_name: str | None = None
    language: Language | None = None


@dataclass
class UpdateProfilePayload:
    """Your account as it is now."""

    user: UserRow | None = field(
        default=None, metadata={"description": "Your account; null if nothing was changed because of an error."}
    )
    errors: list[UserError] = field(default_factory=list)


@performs(Action.VIEWER_READ)
@loaded_by("id")
def language(context: Context) -> Loading[Language]:
    """The language of the mails to you; null for another person. FORBIDDEN for a partner token."""
    context.require(Action.VIEWER_READ, facts.GATEWAY)
    return context.loading(_languages)


@mutation(Action.ACCOUNTS_UPDATE)
async def update_profile(change: Change, input: UpdateProfileInput) -> UpdateProfilePayload:
    """Change the names of your own account, for all of your teams, and the language of the mails to you.

    An empty last name means that you have one name only, which is the first name. A mail tells you of new names, at
    most once in an hour. Errors: NAME_INVALID. Raises BAD_USER_INPUT if there is nothing to change.
    """
    if input.first_name is None and input.last_name is None and input.language is None:
        raise BadInput("Give at least one of `firstName`, `lastName` and `language`.")
    await change.decide(facts.GATEWAY)
    first, last = display_name(input.first_name or ""), last_name(input.last_name)
    refused = {"firstName": input.first_name is not None and first is None, "lastName": last is None}
    errors = [UserError(UserErrorCode.NAME_INVALID, NAME_RULE, [name]) for name, wrong in refused.items() if wrong]
    if errors:
        return UpdateProfilePayload(errors=errors)
    before = await profiles.lock(change.connection, change.by)
    after = Profile(
        before.first_name if input.first_name is None else first or "",
        before.last_name if input.last_name is None else last or "",
        input.language or before.language,
    )
    if after == before:
        return UpdateProfilePayload(await users.get(change.connection, change.by))
    user = await profiles.update_profile(change.connection, change.by, after)
    await _record(change, before, after)
    return UpdateProfilePayload(user)


async def _record(change: Change, before: Profile, after: Profile) -> None:
    old, new = dict[str, Any](), dict[str, Any]()
    if before.language is not after.language:
        old["language"], new["language"] = before.language, after.language
    people = []
    if before[:2] != after[:2]:
        people.append(PersonalValues(change.by, {"name": list(before[:2])}, {"name": list(after[:2])}))
        await tell_new_names(change, change.by)
    await change.record(None, change.by, old, new, people=people)


async def tell_new_names(change: Change, user_id: str) -> None:
    """Queue the mail about new names of an account, once in an hour: any session can change them again and again."""
    email = await account_notices.address(change.connection, user_id)
    if await mail_pauses.claim(change.connection, MailPurpose.NEW_NAMES, email) is None:
        mail = AccountNoticeMail(user_id, AccountEvent.NAMES_CHANGED.value, email)
        await jobs.enqueue(change.connection, ACCOUNT_NOTICE, [mail])


async def _languages(context: Context, ids: Sequence[str]) -> Mapping[str, Language]:
    async with context.reading() as connection:
        return await profiles.languages(connection, context.account_reach(Action.MEMBERS_READ), ids)
