"""The text of a policy as statements with their lines.

Oso keeps no way back from a rule to its line and offers no list of rules, so the text is read here once more,
after Oso accepted it: only as deep as gates and explanations need.
"""

import bisect
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Literal

_TOKEN = re.compile(
    r"""(?P<skip>\s+|\#[^\n]*) | (?P<string>"(?:\\.|[^"\\])*") | (?P<name>[A-Za-z_]\w*) | (?P<mark>.)""",
    re.VERBOSE | re.DOTALL,
)


@dataclass(frozen=True, slots=True)
class Token:
    """A word, a string (without its quotes) or a single mark, and where it stands."""

    kind: Literal["name", "string", "mark"]
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Statement:
    """A rule, a rule in the short form of a resource block, or a declaration (`permissions = […]`).

    `block` is the type whose block it stands in. `start` and `end` delimit its text, the semicolon included.
    """

    kind: Literal["rule", "short", "declaration"]
    block: str | None
    line: int
    start: int
    end: int
    tokens: tuple[Token, ...] = field(repr=False)

    @property
    def name(self) -> str:
        """The rule's predicate; of a short form what it gives; of a declaration its word."""
        return self.tokens[0].text

    @property
    def parameters(self) -> list[tuple[Token, ...]]:
        """The head's parameters: none but for a rule."""
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
    """An actor or resource block: the type it is about, its line and its statements."""

    kind: str
    type: str
    line: int
    statements: tuple[Statement, ...]

    def declared(self, word: str) -> list[Token]:
        """The strings that `word` (permissions, roles) lists."""
        return [
            token
            for statement in self.statements
            if statement.kind == "declaration" and statement.name == word
            for token in statement.tokens
            if token.kind == "string"
        ]


class Source:
    """A policy's text, its blocks and its rules in the order of the file."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.tokens = list(tokenize(text))
        self.blocks: list[Block] = []
        self._lines = [0, *(match.end() for match in re.finditer("\n", text))]
        loose = self._read()
        inside = [s for block in self.blocks for s in block.statements if s.kind == "short"]
        self.rules = sorted([*loose, *inside], key=lambda statement: statement.start)

    def line(self, offset: int) -> int:
        """The 1-based line of a character."""
        return bisect.bisect_right(self._lines, offset)

    def without(self, statements: Iterable[Statement]) -> str:
        """The text with these statements blanked out; every other one keeps its line."""
        text = self.text
        for statement in statements:
            blank = re.sub(r"[^\n]", " ", text[statement.start : statement.end])
            text = text[: statement.start] + blank + text[statement.end :]
        return text

    def _read(self) -> list[Statement]:
        loose: list[Statement] = []
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
                depth += _step(token)
                if token.kind == "mark" and token.text == ";" and depth == 0:
                    (inner if header else loose).append(self._statement(pending, header))
                    pending = []
        return loose

    def _statement(self, tokens: list[Token], header: list[Token]) -> Statement:
        first, last = tokens[0], tokens[-1]
        kind: Literal["rule", "short", "declaration"] = "rule"
        if header:
            kind = "short" if first.kind == "string" else "declaration"
        block = header[1].text if header else None
        return Statement(kind, block, self.line(first.start), first.start, last.end, tuple(tokens))


def tokenize(text: str) -> Iterator[Token]:
    """The text's words, strings and marks; comments and white space are left out."""
    for match in _TOKEN.finditer(text):
        start, end = match.span()
        if match.lastgroup == "string":
            yield Token("string", match.group()[1:-1], start, end)
        elif match.lastgroup == "name":
            yield Token("name", match.group(), start, end)
        elif match.lastgroup == "mark":
            yield Token("mark", match.group(), start, end)


def method_calls(tokens: Iterable[Token]) -> Iterator[Token]:
    """The names that are called as a method: a dot before, a parenthesis after."""
    window = list(tokens)
    for (before, name), (_, after) in pairwise(pairwise(window)):
        if before.text == "." and name.kind == "name" and after.text == "(" and after.kind == "mark":
            yield name


def _is_header(pending: list[Token]) -> bool:
    return len(pending) == 2 and pending[0].text in {"actor", "resource"}  # noqa: PLR2004 - kind, type


def _step(token: Token) -> int:
    if token.kind != "mark":
        return 0
    return {"(": 1, "[": 1, "{": 1, ")": -1, "]": -1, "}": -1}.get(token.text, 0)


def _inside(tokens: tuple[Token, ...]) -> list[Token]:
    """What stands between the first parenthesis and its match."""
    inside: list[Token] = []
    depth = 0
    for token in tokens[1:]:
        depth += _step(token)
        if depth == 0:
            break
        inside.append(token)
    return inside[1:]


def _split(tokens: list[Token]) -> Iterator[tuple[Token, ...]]:
    """Cut at the commas of the outermost level."""
    part: list[Token] = []
    depth = 0
    for token in tokens:
        depth += _step(token)
        if depth == 0 and token.kind == "mark" and token.text == ",":
            yield tuple(part)
            part = []
        else:
            part.append(token)
    if part:
        yield tuple(part)
