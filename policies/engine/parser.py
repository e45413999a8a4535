"""Parse the text of a policy into statements with their lines.

Oso does not say on which line a rule is, and offers no list of rules. So this module reads the text again, after Oso
has accepted it, only in as much detail as gates and explanations need.
"""

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import cached_property
from itertools import pairwise
from typing import Literal

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*) | (?P<string>"(?:\\.|[^"\\])*") | (?P<name>[A-Za-z_]\w*) | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a string (without its quotes) or a single mark, and its place in the text, in characters from 0."""

    kind: Literal["name", "string", "mark"]
    text: str
    start: int
    end: int


@dataclass(frozen=True)
class Statement:
    """A rule, a rule in the short form of a resource block, or a declaration (`permissions = […]`).

    `block` is the type of the block around it, or None. Its text, with the semicolon, goes from `start` to `end`.
    """

    kind: Literal["rule", "short", "declaration"]
    block: str | None
    line: int
    start: int
    end: int
    tokens: tuple[Token, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The predicate of a rule, the permission or role that a short form gives, or the word of a declaration."""
        return self.tokens[0].text

    @cached_property
    def parameters(self) -> list[tuple[Token, ...]]:
        """The parameters in the head of a rule; empty for other statements."""
        return list(_split(_inside(self.tokens))) if self.kind == "rule" else []

    def gives(self, action: str) -> bool:
        """Whether this statement may give the permission `action`."""
        if self.kind == "short":
            return self.name == action
        if self.name != "has_permission" or len(self.parameters) < 2:  # noqa: PLR2004 - subject, action
            return False
        first = self.parameters[1][0]
        return first.kind != "string" or first.text == action


@dataclass(frozen=True, slots=True)
class Block:
    """An actor block or a resource block: its type, its line and its statements."""

    kind: str
    type: str
    line: int
    statements: tuple[Statement, ...]

    def declared(self, word: str) -> list[Token]:
        """Return the strings in the declaration of `word` (permissions or roles)."""
        return [
            token
            for statement in self.statements
            if statement.kind == "declaration" and statement.name == word
            for token in statement.tokens
            if token.kind == "string"
        ]


class Source:
    """The text of a policy, with its blocks and its rules in file order."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokenize(text))
        self.blocks: list[Block] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        outside_rules = self._read()
        inside = [s for block in self.blocks for s in block.statements if s.kind == "short"]
        self.rules = sorted([*outside_rules, *inside], key=lambda statement: statement.start)

    def line(self, offset: int) -> int:
        """Return the line of the character at this offset, from 1."""
        return bisect.bisect_right(self._lines, offset)

    def without(self, statements: Iterable[Statement]) -> str:
        """Return the text with these statements replaced by spaces. All other statements keep their lines."""
        text = self.text
        for statement in statements:
            blank = re.sub(r"[^\n]", " ", text[statement.start : statement.end])
            text = text[: statement.start] + blank + text[statement.end :]
        return text

    def _read(self) -> list[Statement]:
        outside_rules: list[Statement] = []
        pending: list[Token] = []
        header: list[Token] = []
        inner: list[Statement] = []
        depth = 0
        for token in self.tokens:
            opens_block = token.text == "{" and token.kind == "mark" and not header and _is_header(pending)
            if opens_block:
                header, pending, inner = pending, [], []
            elif header and depth == 0 and token.kind == "mark" and token.text == "}":
                kind, name = header[0], header[1]
                self.blocks.append(Block(kind.text, name.text, self.line(kind.start), tuple(inner)))
                header = []
            else:
                pending.append(token)
                depth += _depth_change(token)
                if token.kind == "mark" and token.text == ";" and depth == 0:
                    (inner if header else outside_rules).append(self._statement(pending, header))
                    pending = []
        return outside_rules

    def _statement(self, tokens: list[Token], header: list[Token]) -> Statement:
        first, last = tokens[0], tokens[-1]
        kind: Literal["rule", "short", "declaration"] = "rule"
        if header:
            kind = "short" if first.kind == "string" else "declaration"
        block = header[1].text if header else None
        return Statement(kind, block, self.line(first.start), first.start, last.end, tuple(tokens))


def tokenize(text: str) -> Iterator[Token]:
    """Yield the words, strings and marks of the text, without comments and white space."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match.lastgroup == "string":
            yield Token("string", match.group()[1:-1], start, end)
        elif match.lastgroup == "name":
            yield Token("name", match.group(), start, end)
        elif match.lastgroup == "mark":
            yield Token("mark", match.group(), start, end)


def method_calls(tokens: Iterable[Token]) -> Iterator[Token]:
    """Yield the names that are called as methods: a dot stands before the name, and a parenthesis after it."""
    window = list(tokens)
    for (before, name), (_, after) in pairwise(pairwise(window)):
        if before.text == "." and name.kind == "name" and after.text == "(" and after.kind == "mark":
            yield name


def _is_header(pending: list[Token]) -> bool:
    return len(pending) == 2 and pending[0].text in {"actor", "resource"}  # noqa: PLR2004 - kind, type


def _depth_change(token: Token) -> int:
    if token.kind != "mark":
        return 0
    return {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)


def _inside(tokens: tuple[Token, ...]) -> list[Token]:
    """Return the tokens between the first parenthesis and the one that closes it."""
    inside: list[Token] = []
    depth = 0
    for token in tokens[1:]:
        depth += _depth_change(token)
        if depth == 0:
            break
        inside.append(token)
    return inside[1:]


def _split(tokens: list[Token]) -> Iterator[tuple[Token, ...]]:
    """Split the tokens at the commas that are not inside brackets."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        depth += _depth_change(token)
        if depth == 0 and token.kind == "mark" and token.text == ",":
            yield tuple(part)
            part = []
        else:
            part.append(token)
    if part:
        yield tuple(part)
