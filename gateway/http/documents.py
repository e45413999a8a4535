"""GraphQL documents: parsed, measured and validated once, then found by their hash."""

import hashlib
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import orjson
from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    OperationDefinitionNode,
    OperationType,
    parse,
    validate,
)

from domain.problems import BadInput, Problem
from gateway.http import costs, limits
from gateway.http.costs import Cost
from gateway.runtime.fallbacks import Fallbacks
from gateway.runtime.metrics import DOCUMENTS

# A parsed document needs about 120 times the bytes of its text (measured with tracemalloc).
BYTES_A_CHARACTER = 120
MAX_BYTES = 64 * 1024 * 1024


class UnknownDocument(Problem):
    """No document with this hash is known. The client must send the text once."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class UntrustedDocument(Problem):
    """The document is not in the manifest, and only documents of the manifest are allowed."""

    code = "UNTRUSTED_DOCUMENT"


class BadManifest(Exception):
    """A manifest of trusted documents cannot be used. The message says why in one sentence."""


@dataclass(frozen=True, slots=True)
class Document:
    """A document. If it is invalid, it has `errors` and no operations. `size` is an estimate in bytes."""

    node: DocumentNode | None
    errors: tuple[GraphQLError, ...]
    operations: Mapping[str, "Operation"]
    size: int
    fallbacks: Fallbacks


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation of a document, with its cost."""

    type: OperationType
    costs: tuple[Cost, ...]

    def cost(self, variables: Mapping[str, object]) -> int:
        """Return its cost in rows with these variables. Raises OperationTooLarge if it is over the limit."""
        estimate = sum(cost.of(variables) for cost in self.costs)
        if estimate > costs.MAX_COST:
            message = f"The operation may read {estimate} rows; the limit is {costs.MAX_COST}. Ask for fewer."
            raise limits.OperationTooLarge(message, {"cost": {"estimate": estimate, "limit": costs.MAX_COST}})
        return estimate


def selected_operation(document: Document, name: str | None) -> Operation:
    """Return the operation to run. Raises BadInput if the name selects none of them."""
    if name is not None and name in document.operations:
        return document.operations[name]
    if name is not None:
        raise BadInput(f'Unknown operation named "{name}".')
    if len(document.operations) != 1:
        raise BadInput("Name one of the document's operations in `operationName`.")
    return next(iter(document.operations.values()))


class Documents:
    """The documents of one process. The least recently used ones are removed first; trusted ones always stay."""

    def __init__(
        self, schema: GraphQLSchema, trusted: Mapping[str, str] | None = None, *, only_trusted: bool = False
    ) -> None:
        """`trusted` maps hashes to texts. Raises BadManifest if one of the documents does not fit the schema."""
        self._schema = schema
        self._only_trusted = only_trusted
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._bytes = 0
        self._trusted = {hash_: self._trusted_document(hash_, text) for hash_, text in (trusted or {}).items()}

    def find(self, text: str | None, hash_: str | None) -> Document:
        """Return the document with this text or hash. A text is stored, and can be found by its hash from then on.

        Raises BadInput if the text and the hash differ, UnknownDocument, UntrustedDocument, OperationTooLarge.
        """
        key = _hash(text) if text is not None else hash_ or ""
        if hash_ is not None and hash_ != key:
            raise BadInput("The hash is not the SHA-256 of the query, in hex.")
        known = self._trusted.get(key) or self._known.get(key)
        if known is not None:
            DOCUMENTS.labels("yes").inc()
            if key in self._known:
                self._known.move_to_end(key)
            return known
        DOCUMENTS.labels("no").inc()
        if self._only_trusted:
            raise UntrustedDocument("Only trusted documents are allowed here, and this document is not trusted.")
        if text is None:
            raise UnknownDocument("No document with this hash is known here. Send the document once with its text.")
        return self._add(key, text)

    def _add(self, key: str, text: str) -> Document:
        document = self._parsed(key, text)
        if document.size > MAX_BYTES // 16:
            # One such document would push out many that are in use.
            return document
        self._known[key] = document
        self._bytes += document.size
        while self._bytes > MAX_BYTES:
            self._bytes -= self._known.popitem(last=False)[1].size
        return document

    def _trusted_document(self, hash_: str, text: str) -> Document:
        if _hash(text) != hash_:
            raise BadManifest(f"The manifest's hash {hash_} is not the SHA-256 of its document.")
        try:
            document = self._parsed(hash_, text)
        except Problem as problem:
            raise BadManifest(f"The trusted document {hash_}: {problem}") from problem
        if document.errors:
            raise BadManifest(f"The trusted document {hash_} is invalid: {document.errors[0].message}")
        return document

    def _parsed(self, key: str, text: str) -> Document:
        size, fallbacks = len(text) * BYTES_A_CHARACTER, Fallbacks(key)
        try:
            node = parse(text, max_tokens=limits.MAX_TOKENS)
        except GraphQLSyntaxError as error:
            return Document(None, (error,), {}, size, fallbacks)
        except RecursionError:
            raise limits.OperationTooLarge("The document is nested too deeply.") from None
        limits.check(node)
        errors = validate(self._schema, node, max_errors=20)
        if errors:
            return Document(None, tuple(errors), {}, size, fallbacks)
        operations = {
            definition.name.value if definition.name else "": Operation(
                definition.operation, costs.costs(self._schema, node, definition)
            )
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        return Document(node, (), operations, size, fallbacks)


def read_manifest(path: Path) -> dict[str, str]:
    """Read the trusted documents from a JSON file: an object from SHA-256 in hex to text. Raises BadManifest."""
    try:
        content = orjson.loads(path.read_bytes())
    except OSError as error:
        raise BadManifest(f"The manifest {path} cannot be read ({error.strerror}).") from error
    except orjson.JSONDecodeError as error:
        raise BadManifest(f"The manifest {path} is not JSON: {error.msg}.") from error
    if not isinstance(content, dict) or not all(isinstance(text, str) for text in content.values()):
        raise BadManifest(f"The manifest {path} must be one JSON object from hashes to documents.")
    return content


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
