"""What can be expected to fail in a command or at a start."""

from typing import ClassVar


class Failure(Exception):
    """A command or a start failed for a reason that a person can correct. The message says how in one sentence.

    The command line shows the message of each class below this one, without a traceback, and exits with `exit_code`.
    The base is here so that the command line does not load all modules only to know what can fail in them.
    """

    exit_code: ClassVar[int] = 1
