"""Run a program as an ordinary account when Usher itself is root: PostgreSQL refuses to run as root.

The account must have access to files that may lie in root's private home. To open those folders to everybody, or to
add an account, would change the machine. Instead the program keeps one capability: CAP_DAC_READ_SEARCH, which permits
reading in closed folders, or CAP_DAC_OVERRIDE where the first one is not available (in containers). It keeps none if it
needs none.

This file runs as a process of its own, started by its path, and then becomes the program: to drop root between the fork
and the exec of a process with threads (`preexec_fn`) is unsafe. So it imports only the standard library.

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


def _raise_if_failed(result: int) -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number))


def _prctl(option: int, *arguments: int) -> None:
    padded = (*arguments, 0, 0, 0, 0)[:4]
    _raise_if_failed(_libc.prctl(option, *(ctypes.c_ulong(argument) for argument in padded)))


def _permitted() -> int:
    """Return the capabilities that this process may use, as a bit mask of the first 32."""
    sets = (_Sets * 2)()
    _raise_if_failed(_libc.capget(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets))
    return int(sets[0].permitted)


def _set_capabilities(effective: int, permitted: int) -> None:
    """Set the effective and the permitted capabilities. A program may inherit the effective ones."""
    sets = (_Sets * 2)()
    sets[0].effective, sets[0].permitted, sets[0].inheritable = effective, permitted, effective
    _raise_if_failed(_libc.capset(ctypes.byref(_Header(CAPABILITY_VERSION_3, 0)), sets))


def _has_access(program: str, folders: list[str]) -> bool:
    full_access = os.R_OK | os.W_OK | os.X_OK
    return os.access(program, os.R_OK | os.X_OK) and all(os.access(folder, full_access) for folder in folders)


def _keep_one_capability(program: str, folders: list[str]) -> bool:
    """Keep the smallest capability that gives access to everything. Returns False if none is available or sufficient.

    PostgreSQL checks its files with access(2), which ignores the capabilities of a process that is not root, unless
    SECBIT_NO_SETUID_FIXUP is set.
    """
    permitted = _permitted()
    if not permitted & (1 << CAP_SETPCAP):
        return False
    _set_capabilities(permitted, permitted)
    _prctl(PR_SET_SECUREBITS, SECBIT_NO_SETUID_FIXUP)
    for capability in (CAP_DAC_READ_SEARCH, CAP_DAC_OVERRIDE):
        mask = 1 << capability
        if not permitted & mask:
            continue
        _set_capabilities(mask, permitted)
        if _has_access(program, folders):
            _set_capabilities(mask, mask)
            _prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, capability)
            return True
    return False


def become(uid: int, gid: int, program: str, folders: list[str]) -> None:
    """Change from root to `uid` and `gid`, and keep access to `program` and to the account's own `folders`.

    Raises PermissionError if root may not change its account, or if the account would have no access to a path.
    """
    _prctl(PR_SET_KEEPCAPS, 1)
    try:
        os.setgroups([])
        os.setresgid(gid, gid, gid)
        os.setresuid(uid, uid, uid)
    except PermissionError:
        raise PermissionError("root needs CAP_SETUID and CAP_SETGID for this") from None
    if _has_access(program, folders):
        _set_capabilities(0, 0)
    elif not _keep_one_capability(program, folders):
        raise PermissionError("it has no access to its files; root needs CAP_DAC_OVERRIDE and CAP_SETPCAP for this")


def main(arguments: list[str]) -> None:
    """Become the account, then the program. Exits with one line on stderr if this is not permitted."""
    uid, gid, *rest = arguments
    split = rest.index("--")
    folders, command = rest[:split], rest[split + 1 :]
    try:
        become(int(uid), int(gid), command[0], folders)
    except OSError as error:
        sys.exit(f"FATAL: root cannot run PostgreSQL as user {uid}: {error.strerror or error}")
    os.execv(command[0], command)  # noqa: S606 - the program has a full path, and no shell is needed


if __name__ == "__main__":
    main(sys.argv[1:])
