"""The subjects of commands and jobs, as the policy decides on them and the audit log shows them."""

import os
import pwd

from domain.subjects import System


def command(name: str) -> System:
    """The subject of a command, such as `db seed`, with the operating-system user who runs it."""
    return System(f"command {name}", _user())


def job(name: str) -> System:
    """The subject of a job, such as `calendar`."""
    return System(f"job {name}")


def _user() -> str:
    """The user of this process. Not from the environment, where anybody can write another name."""
    number = os.getuid()
    try:
        return pwd.getpwuid(number).pw_name
    except KeyError:  # common in containers
        return str(number)
