"""The languages in which Usher writes to people."""

from domain.described import DescribedText


class Language(DescribedText):
    """A language in which Usher writes its mails."""

    EN = "en", "English."
    DE = "de", "German."
