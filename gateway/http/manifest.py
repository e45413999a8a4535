"""The manifest: a JSON file of trusted documents, as code generators for clients write it."""

import hashlib
from pathlib import Path

import orjson

from domain.failures import Failure

SHOWN = 80
PREFIX = "sha256:"


class BadManifest(Failure):
    """A manifest of trusted documents cannot be used. The message says why in one sentence."""


def read_manifest(path: Path) -> dict[str, str]:
    """Read the trusted documents: an object from the SHA-256 of each document to its text. Returns them by normal hash.

    Raises BadManifest.
    """
    try:
        content = orjson.loads(path.read_bytes().removeprefix("\ufeff".encode()))
    except OSError as error:
        raise BadManifest(f"The manifest {path} cannot be read ({error.strerror}).") from error
    except orjson.JSONDecodeError as error:
        raise BadManifest(f"The manifest {path} is not JSON: {error.msg}.") from error
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise BadManifest(f"The manifest {path} must be one JSON object from hashes to documents.")
    for key, text in content.items():
        if normal_hash(key) != sha256(text):
            raise BadManifest(
                f"In the manifest {path}, the key {key[:SHOWN]!r} is not the SHA-256 of its document "
                "(in codegen, set `hashAlgorithm` to `sha256`)."
            )
    return {normal_hash(key): text for key, text in content.items()}


def normal_hash(identifier: str) -> str:
    """Return the hash in the identifier of a document: in lower case, and without the prefix `sha256:`.

    The prefix is that of "GraphQL over HTTP", appendix A. Clients also write hashes in upper case, or without it.
    """
    return identifier.lower().removeprefix(PREFIX)


def sha256(text: str) -> str:
    """Return the SHA-256 of the text of a document, as its hash is written in requests: 64 digits in hex."""
    return hashlib.sha256(text.encode()).hexdigest()
