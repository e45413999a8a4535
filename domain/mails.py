"""The mails that Usher sends."""

from enum import StrEnum


class MailKind(StrEnum):
    """What a mail is about; its job in the queue is named so, too."""

    TRIAL = "trial"
    INVITATION = "invitation"
    REQUEST_ANSWERED = "request_answered"
