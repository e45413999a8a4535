"""The mails that Usher sends, as kinds of jobs, what becomes of them, and the pauses between mails to one address."""

from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import ClassVar

from domain.described import Described, DescribedText
from domain.jobs import JobKind
from domain.languages import Language

MAX_REASON = 500
"""The most characters of the stored reason why a mail was refused."""


class MailState(DescribedText):
    """What became of a mail that Usher sends."""

    QUEUED = (
        "queued",
        "The mail waits to be sent. If the mail server cannot take it, it is tried again for several days.",
    )
    SENT = "sent", "The mail server has taken the mail. It may still fail to reach the person."
    REFUSED = "refused", "The mail server refused the mail, or could not take it for days. It is not tried again."
    DROPPED = "dropped", "When the mail was to be sent, nobody needed it any more."


@dataclass(frozen=True)
class MailOutcome:
    """The final state of a mail. A refused mail has a reason: one line of at most `MAX_REASON` characters."""

    state: MailState
    reason: str | None = None


class MailPurpose(Enum):
    """The reason for a mail that somebody lets Usher send to an address, which may belong to another person.

    Each purpose has its own pause: otherwise a sign-up, which needs no account, would show who was just invited.
    """

    INVITATION = "invitation"
    SIGN_UP = "sign up"
    RESET = "password reset"
    EMAIL_CHANGE = "e-mail change"
    SECOND_STEPS = "second steps"
    NEW_NAMES = "new names"

    @property
    def pause(self) -> timedelta:
        """The shortest time between two mails to one address."""
        if self in (MailPurpose.SECOND_STEPS, MailPurpose.NEW_NAMES):
            return timedelta(hours=1)
        return timedelta(minutes=5 if self is MailPurpose.INVITATION else 1)

    @property
    def longest_delay(self) -> timedelta:
        """How long a mail may have to wait for other mails to the same address."""
        return timedelta(hours=1)


@dataclass(frozen=True)
class TrialMail:
    """A mail that shows whether mails arrive at the address `to`."""

    to: str

    @property
    def team_id(self) -> None:
        """A trial mail belongs to no team."""

    @property
    def about_id(self) -> None:
        """A trial mail is about nothing."""


@dataclass(frozen=True)
class InvitationMail:
    """A mail that invites a person to a team."""

    team_id: str
    invitation_id: str

    @property
    def about_id(self) -> str:
        """The invitation."""
        return self.invitation_id


@dataclass(frozen=True)
class SignUpMail:
    """A mail with the link that ends a sign-up, or that says that the address has an account already."""

    sign_up_id: str

    @property
    def team_id(self) -> None:
        """A sign-up belongs to no team."""

    @property
    def about_id(self) -> str:
        """The sign-up."""
        return self.sign_up_id


@dataclass(frozen=True)
class AccountDeletedMail:
    """A mail that tells a person that their account was deleted.

    It is the last place with the address, and is removed from the queue when the mail was sent or given up.
    """

    user_id: str
    to: str
    name: str
    language: Language

    @property
    def team_id(self) -> None:
        """An account belongs to no team."""

    @property
    def about_id(self) -> str:
        """The account that was deleted."""
        return self.user_id


@dataclass(frozen=True)
class PasswordResetMail:
    """A mail with a link to set a new password, or that says that the address has no account."""

    reset_id: str

    @property
    def team_id(self) -> None:
        """A link to set a new password belongs to no team."""

    @property
    def about_id(self) -> str:
        """The link."""
        return self.reset_id


@dataclass(frozen=True)
class EmailChangeMail:
    """A mail about the change of an e-mail address.

    `part` is CONFIRM for the mail to the new address, with the link that confirms it. It is NOTICE for the mail to the
    old address, with the link that undoes the change. It is UNDONE for the mail to the new address after that. It is
    MOVED for the mail to the old address, without a link, if the operator changed the address.
    """

    CONFIRM: ClassVar = "confirm"
    NOTICE: ClassVar = "notice"
    UNDONE: ClassVar = "undone"
    MOVED: ClassVar = "moved"

    change_id: str
    part: str

    @property
    def team_id(self) -> None:
        """An account belongs to no team."""

    @property
    def about_id(self) -> str:
        """The change."""
        return self.change_id


class AccountEvent(Described):
    """A change of an account that its person is told about by mail. `gateway.mail.account_notices` has the texts."""

    PASSWORD_CHANGED = "password changed", "The person changed the password."
    PASSWORD_SET = "password set", "A new password was set with a link."
    PASSWORD_LOCKED = "password locked", "The operator ended all access to the account."
    EMAIL_CHANGED = "email changed", "The account has a new address."
    NAMES_CHANGED = "names changed", "The person changed the names."
    SESSIONS_ENDED = "sessions ended", "The person ended all other sessions."
    SESSION_ENDED = "session ended", "The person ended another session."
    EMAIL_RESTORED = "email restored", "The account got its old address back, or kept it."
    AUTHENTICATOR_APP_ADDED = "authenticator app added", "An authenticator app counts as second factor now."
    AUTHENTICATOR_APP_REMOVED = "authenticator app removed", "The authenticator app was removed."
    PASSKEY_ADDED = "passkey added", "A passkey was added."
    PASSKEY_REMOVED = "passkey removed", "A passkey was removed."
    SECOND_FACTORS_REMOVED = "second factors removed", "A link removed the second factors that are new."
    RECOVERY_CODES_RENEWED = "recovery codes renewed", "New recovery codes replaced the old ones."
    RECOVERY_CODE_USED = "recovery code used", "A recovery code stood for the second factor."
    SECOND_STEPS_FAILED = "second steps failed", "Several codes after the right password were wrong."
    IDENTITY_LINKED = "identity linked", "A sign-in by OpenID Connect was added to the account."
    IDENTITY_UNLINKED = "identity unlinked", "A sign-in by OpenID Connect was removed from the account."
    TOKEN_CREATED = "token created", "The person created a partner token."
    TOKEN_ROTATED = "token rotated", "A partner token that the person granted got a new secret."


@dataclass(frozen=True)
class AccountNoticeMail:
    """A mail that tells a person about a change of their account. `event` is the value of an `AccountEvent`.

    `email` is the address that the account had at the change. It is None if an earlier version queued the mail, which
    then goes to the present address, and after the account was deleted. `token_id` is the partner token of the event.
    """

    user_id: str
    event: str
    email: str | None = None
    token_id: str | None = None

    @property
    def team_id(self) -> None:
        """An account belongs to no team."""

    @property
    def about_id(self) -> str:
        """The account."""
        return self.user_id


@dataclass(frozen=True)
class RequestAnsweredMail:
    """A mail that tells a person how their request for a seat was answered."""

    team_id: str
    request_id: str

    @property
    def about_id(self) -> str:
        """The request."""
        return self.request_id


@dataclass(frozen=True)
class TokenEndingMail:
    """A mail that tells the grantor of a partner token that it ends soon."""

    team_id: str
    token_id: str

    @property
    def about_id(self) -> str:
        """The token."""
        return self.token_id


@dataclass(frozen=True)
class NoticeMail:
    """A mail that tells a contract manager about one event of a contract."""

    team_id: str
    notice_id: str

    @property
    def about_id(self) -> str:
        """The notice."""
        return self.notice_id


@dataclass(frozen=True)
class DigestMail:
    """A mail with all notices of a day that a person wants to get together. They may belong to several teams."""

    user_id: str
    digest_id: str

    @property
    def team_id(self) -> None:
        """A digest belongs to no team."""

    @property
    def about_id(self) -> str:
        """The account."""
        return self.user_id


TRIAL = JobKind("trial", TrialMail)
INVITATION = JobKind("invitation", InvitationMail)
SIGN_UP = JobKind("sign_up", SignUpMail)
PASSWORD_RESET = JobKind("password_reset", PasswordResetMail)
EMAIL_CHANGE = JobKind("email_change", EmailChangeMail)
ACCOUNT_NOTICE = JobKind("account_notice", AccountNoticeMail)
ACCOUNT_DELETED = JobKind("account_deleted", AccountDeletedMail)
REQUEST_ANSWERED = JobKind("request_answered", RequestAnsweredMail)
TOKEN_ENDING = JobKind("token_ending", TokenEndingMail)
NOTICE = JobKind("notice", NoticeMail)
DIGEST = JobKind("notice_digest", DigestMail)
