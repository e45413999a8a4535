"""Run a program as an ordinary account when Usher itself is root: PostgreSQL refuses to run as root.

The account has to reach files that may lie in root's private home. Opening those folders to everybody, or
adding an account, would change the machine; so the program keeps one capability instead: to look through
closed folders (CAP_DAC_READ_SEARCH), or where that is not to be had (containers) CAP_DAC_OVERRIDE. It keeps
none if it needs none.

This file is run by its path, in a process of its own, and then becomes the program: dropping root between
fork and exec of a process with threads (`preexec_fn`) is unsafe. Hence the standard library only.

    python run_as.py UID GID FOLDER... -- PROGRAM ARGUMENT...
"""

import ctypes
import os
import sys

# From <linux/capability.h>, <linux/prctl.h> and <linux/securebits.h>.
CAP_DAC_OVERRIDE = 1
CAP_DAC_READ_SEARCH = 2
CAP_SETPCAP = 8
PR_SET_KEEPCAPS = 8
PR_SET_SECUREBITS = 28
PR_CAP_AMBIENT = 47
PR_CAP_AMBIENT_RAISE = 2
SECBIT_NO_SETUID_FIXUP = 1 << 2
CAPABILITY_VERSION_3 = 0x20080522

_libc = ctypes.CDLL(None, use_errno=True)


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (
        ("effective", ctypes.c_uint32),
        ("permitted", ctypes.c_uint32),
        ("inheritable", ctypes.c_uint32),
    )


def _checked(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(option: int, *arguments: int) -> None:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    _checked(_libc.prctl(option, *(ctypes.c_ulong(argument) for argument in padded)))


def _permitted() -> int:
    """The capabilities this process may use, as a bit mask of the first 32."""
    sets = (_Sets * 2)()
    _checked(_libc.capget(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets))
    return int(sets[0].permitted)


def _set_capabilities(effective: int, permitted: int) -> None:
    """Use `effective` now, and keep `permitted`; a program may inherit what is in use."""
    sets = (_Sets * 2)()
    sets[0].effective, sets[0].permitted, sets[0].inheritable = effective, permitted, effective
    _checked(_libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets))


def _reaches(program: str, folders: list[str]) -> bool:
    everything = os.R_OK | os.W_OK | os.X_OK
    return os.access(program, os.R_OK | os.X_OK) and all(os.access(folder, everything) for folder in folders)


def _keep_one_capability(program: str, folders: list[str]) -> bool:
    """Keep the smallest capability that reaches everything; False if none is allowed or none is enough.

    PostgreSQL looks for itself with access(2), which ignores the capabilities of a process that is not
    root, unless SECBIT_NO_SETUID_FIXUP is set.
    """
    held = _permitted()
    if not held & (1 << CAP_SETPCAP):
        return False
    _set_capabilities(held, held)
    _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        mask = 1 << capability
        if not held & mask:
            continue
        _set_capabilities(mask, held)
        if _reaches(program, folders):
            _set_capabilities(mask, mask)
            _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
            return True
    return False


def become(uid: int, gid: int, program: str, folders: list[str]) -> None:
    """Give up root for `uid` and `gid`, still able to reach `program` and the account's own `folders`.

    Raises PermissionError if root may not change its account, or the account could not reach a path.
    """
    _prctl(PR_SET_KEEPCAPS, 1)
    try:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    except PermissionError:
        raise PermissionError("root needs CAP_SETUID and CAP_SETGID for that") from None
    if _reaches(program, folders):
        _set_capabilities(0, 0)
    elif not _keep_one_capability(program, folders):
        raise PermissionError("it cannot reach its files, for which root needs CAP_DAC_OVERRIDE and CAP_SETPCAP")


def main(arguments: list[str]) -> None:
    """Become the account, then the program. Exits with one line on stderr if that is not allowed."""
    uid, gid, *rest = arguments
    split = rest.index("--")
    folders, command = rest[:split], rest[split + 1 :]
    try:
        become(int(uid), int(gid), command[0], folders)
    except OSError as error:
        sys.exit(f"FATAL: root cannot run PostgreSQL as user {uid}: {error.strerror or error}")
    os.execv(command[0], command)  # noqa: S606 - the program's path is given, no shell wanted


if __name__ == "__main__":
    main(sys.argv[1:])
