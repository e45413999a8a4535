"""GraphQL documents: parsed, measured and validated once, then found by their hash."""

from collections import OrderedDict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache

from graphql import (
    DocumentNode,
    GraphQLError,
    GraphQLSchema,
    GraphQLSyntaxError,
    Node,
    NoSchemaIntrospectionCustomRule,
    OperationDefinitionNode,
    OperationType,
    OverlappingFieldsCanBeMergedRule,
    parse,
    specified_rules,
    validate,
)

from domain.problems import BadInput, Problem
from gateway.http import console, limits, merging
from gateway.http.costs import MAX_COST, Estimate
from gateway.http.introspection import Introspection
from gateway.http.lean import lean
from gateway.http.limits import ANONYMOUS, SIGNED_IN, Bounds
from gateway.http.manifest import BadManifest, read_manifest, sha256
from gateway.http.roots import root_fields
from gateway.runtime.fallbacks import Fallbacks
from gateway.runtime.metrics import DOCUMENTS
from gateway.runtime.settings import Settings

# A parsed document needs about 120 times the bytes of its text (measured with tracemalloc).
BYTES_A_CHARACTER = 120
MAX_BYTES = 64 * 1024 * 1024
MAX_NEW_BYTES = 8 * 1024 * 1024
MAX_ERRORS = 10
MAX_LOCATIONS = 10
# The links of Apollo and urql look for exactly this message. Then they send the hash again, together with the text.
NOT_FOUND = "PersistedQueryNotFound"
IN_VARIABLES = "Put long values into variables."


class UnknownDocument(Problem):
    """No document with this hash is known. The client must send the text once."""

    code = "PERSISTED_QUERY_NOT_FOUND"


class UntrustedDocument(Problem):
    """The document is not in the manifest, and only documents of the manifest are allowed."""

    code = "UNTRUSTED_DOCUMENT"


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
    """One operation of a document, with the estimate of its cost and the names of its root fields."""

    type: OperationType
    estimate: Estimate
    roots: frozenset[str]

    def cost(self, variables: Mapping[str, object]) -> int:
        """Return its cost in rows with these variables. Raises OperationTooLarge if it is over the limit."""
        estimate = self.estimate.rows(variables)
        if estimate > MAX_COST:
            message = (
                f"The operation may read {estimate} rows; the limit is {MAX_COST}. Ask for smaller pages with `first`: "
                "the sizes of pages inside each other are multiplied, and a page without `first` has 20 rows."
            )
            raise limits.OperationTooLarge(message, {"cost": {"estimate": estimate, "limit": MAX_COST}})
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


class _Stored:
    """Documents by their hash, of a limited size. The least recently used ones are removed first."""

    def __init__(self, max_bytes: int, largest: int) -> None:
        """`largest` is the size of the largest document that is stored. A larger one would push out many others."""
        self._max_bytes, self._largest = max_bytes, largest
        self._known: OrderedDict[str, Document] = OrderedDict()
        self._bytes = 0

    def find(self, key: str) -> Document | None:
        known = self._known.get(key)
        if known is not None:
            self._known.move_to_end(key)
        return known

    def add(self, key: str, document: Document) -> None:
        if key in self._known or document.size > self._largest:
            return
        self._known[key] = document
        self._bytes += document.size
        while self._bytes > self._max_bytes:
            self.remove(next(iter(self._known)))

    def remove(self, key: str) -> None:
        if key in self._known:
            self._bytes -= self._known.pop(key).size


class Documents:
    """The documents of one process, in three parts.

    Trusted documents always stay. Documents that people who are signed in have used stay until other such documents
    push them out. All other documents are new, and share a small part of the memory: nobody who has not signed in can
    push out what others use.
    """

    def __init__(
        self,
        schema: GraphQLSchema,
        trusted: Mapping[str, str] | None = None,
        *,
        only_trusted: bool = False,
        introspection: bool = True,
        suggestions: bool = True,
    ) -> None:
        """`trusted` maps hashes to texts. Raises BadManifest if one of the documents does not fit the schema.

        Without `introspection`, a document that selects it is invalid. Without `suggestions`, messages do not suggest
        names of the schema.
        """
        self._only_trusted = only_trusted
        self._reader = _Reader(schema, introspection, suggestions)
        self._used = _Stored(MAX_BYTES, MAX_BYTES // 16)
        self._new = _Stored(MAX_NEW_BYTES, MAX_NEW_BYTES // 4)
        texts = tuple((trusted or {}).items())
        self._trusted = _trusted_documents(schema, introspection, suggestions, texts) if texts else {}

    def find(self, text: str | None, hash_: str | None, bounds: Bounds = ANONYMOUS) -> Document:
        """Return the document with this text or hash. A text is stored, and can be found by its hash from then on.

        Raises BadInput if the text and the hash differ, UnknownDocument, UntrustedDocument, OperationTooLarge. It is
        SignInForLarge if the document is unknown and over the bounds of requests that name nobody.
        """
        if text is not None and len(text) > SIGNED_IN.characters:
            raise limits.OperationTooLarge(f"The document has over {SIGNED_IN.characters} characters. {IN_VARIABLES}")
        key = sha256(text) if text is not None else hash_ or ""
        if hash_ is not None and hash_ != key:
            raise BadInput("The hash is not the SHA-256 of the query, in hex.")
        known = self._trusted.get(key) or self._used.find(key) or self._new.find(key)
        if known is not None:
            DOCUMENTS.labels("yes").inc()
            return known
        DOCUMENTS.labels("no").inc()
        if self._only_trusted:
            raise UntrustedDocument("Only trusted documents are allowed here, and this document is not trusted.")
        if text is None:
            raise UnknownDocument(NOT_FOUND)
        document = self._reader.read(key, text, bounds)
        self._new.add(key, document)
        return document

    def keep(self, document: Document) -> None:
        """Note that a person or a partner who is signed in has used the document."""
        key = document.fallbacks.hash
        if key not in self._trusted:
            self._new.remove(key)
            self._used.add(key, document)


@lru_cache(maxsize=1)
def _trusted_documents(
    schema: GraphQLSchema, introspection: bool, suggestions: bool, texts: tuple[tuple[str, str], ...]
) -> Mapping[str, Document]:
    """Return trusted documents by their hashes. Raises BadManifest.

    A process often needs the same ones twice: `usher run` checks all before it serves.
    """
    reader = _Reader(schema, introspection, suggestions)
    return {hash_: _trusted_document(reader, hash_, text) for hash_, text in texts}


def _trusted_document(reader: "_Reader", hash_: str, text: str) -> Document:
    try:
        document = reader.read(hash_, text, SIGNED_IN)
    except Problem as problem:
        raise BadManifest(f"The trusted document {hash_}: {problem}") from problem
    if document.errors:
        raise BadManifest(f"The trusted document {hash_} is invalid: {document.errors[0].message}")
    return document


class _Reader:
    """Parses, measures and validates documents. It keeps none of them."""

    def __init__(self, schema: GraphQLSchema, introspection: bool, suggestions: bool) -> None:
        self._schema = schema
        self._suggestions = suggestions
        rules = [rule for rule in specified_rules if rule is not OverlappingFieldsCanBeMergedRule]
        self._rules = [*rules, *([] if introspection else [NoSchemaIntrospectionCustomRule])]
        self._introspection = Introspection(schema)

    def read(self, key: str, text: str, bounds: Bounds) -> Document:
        """Return the document, with its errors if it is invalid. Raises OperationTooLarge."""
        limits.check(text, bounds)
        size, fallbacks = len(text) * BYTES_A_CHARACTER, Fallbacks(key)
        try:
            node = parse(text, max_tokens=bounds.tokens)
        except GraphQLSyntaxError as error:
            return Document(None, (error,), {}, size, fallbacks)
        limits.check_merged(node)
        errors = merging.conflicts(self._schema, node) or validate(
            self._schema, lean(self._schema, node), self._rules, MAX_ERRORS, hide_suggestions=not self._suggestions
        )
        if errors:
            return Document(None, _distinct(errors), {}, size, fallbacks)
        self._introspection.check(node)
        operations = {
            definition.name.value if definition.name else "": Operation(
                definition.operation, Estimate(self._schema, node, definition), root_fields(node, definition)
            )
            for definition in node.definitions
            if isinstance(definition, OperationDefinitionNode)
        }
        return Document(node, (), operations, size, fallbacks)


def _distinct(errors: Sequence[GraphQLError]) -> tuple[GraphQLError, ...]:
    """Return one error for each message, with the places of all errors that have this message."""
    nodes: dict[str, list[Node]] = {}
    for error in errors:
        known = nodes.setdefault(error.message, [])
        known += [node for node in error.nodes or () if all(node is not one for one in known)]
    return tuple(GraphQLError(message, found[:MAX_LOCATIONS]) for message, found in nodes.items())


def load(schema: GraphQLSchema, chosen: Settings) -> Documents:
    """Return the documents of a process: those of the console and of the operator, and which others it takes.

    Raises BadManifest.
    """
    return Documents(
        schema,
        {
            **(console.documents() if chosen.console else {}),
            **(read_manifest(chosen.trusted_documents) if chosen.trusted_documents else {}),
        },
        only_trusted=chosen.only_trusted_documents,
        introspection=chosen.introspection,
        suggestions=chosen.suggestions,
    )
