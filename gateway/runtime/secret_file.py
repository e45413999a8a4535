"""The secret that Usher makes for itself if the operator sets none."""

import os
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path


def kept_secret(folder: Path) -> str:
    """Return the secret in the file `secret` of this folder, and make it first if there is none.

    Only the owner can read the file. Of two processes that make it at once, both return the same secret. Raises
    OSError.
    """
    path = folder / "secret"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if not path.exists():
        # The file gets its name when it is complete, and only if no other process was faster.
        with tempfile.NamedTemporaryFile("w", dir=folder, prefix=".secret-", encoding="ascii") as made:
            made.write(secrets.token_hex())
            made.flush()
            os.fsync(made.fileno())
            with suppress(FileExistsError):
                path.hardlink_to(made.name)
    return path.read_text(encoding="ascii")
