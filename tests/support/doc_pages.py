"""The pages of the documentation. Their examples are sent to a gateway, and the answers compared with the page.

A page is one conversation, from top to bottom. Each ```graphql block, or curl line, with a ```json block after it is
sent, with the last session token or partner token that an answer above it contained. The answer must equal the ```json
block, except for these parts:

- Ids, tokens, cursors and hashes are new in every run. Each one on the page stands for one in the answers, always for
  the same one, and must have the same form. Times must have the same form.
- The number of a line of the policy moves with each change of the policy. It must be a number.
- Figures of usage are random in the demo company. They must be numbers.
- Dates in a request are moved by the days since the page was written.
"""

import itertools
import json
import re
import shlex
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx

from gateway.runtime.settings import ROOT

MAINTAINER_PAGES = [ROOT / "CONTRIBUTING.md", ROOT / "docs/architecture.md"]
"""The pages for maintainers, which name files of the project."""
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]
WRITTEN = date(2026, 11, 24)
"""The day on which the answers on the pages were copied."""

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
SECRET = re.compile(r"usher_(?:session|partner|invitation|signup)_[A-Za-z0-9_-]{43}")
TIME = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00))?")
# The id of a pool is made of two ids, so an id may begin behind an underscore.
ID = re.compile(r"(?<![0-9a-z])[a-z]+_[0-9a-z]{26}\b")
GENERATED = re.compile(rf"{SECRET.pattern}|{ID.pattern}|\bWyJ[A-Za-z0-9_-]{{8,}}=*|\b[0-9a-f]{{64}}\b")
POLICY_LINE = re.compile(r"\bpolicy\.polar:\d+")
USAGE_FIELDS = {"hours", "sessions"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, and the number of its first line."""

    page: Path
    line: int
    language: str
    text: str

    def __str__(self) -> str:
        return f"{self.page.relative_to(ROOT)}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """The fenced blocks of a page, in order."""
    text = page.read_text(encoding="utf-8")
    return [Block(page, text.count("\n", 0, m.start()) + 1, m[1], m[2]) for m in BLOCK.finditer(text)]


def examples(page: Path) -> list[tuple[Block, Block]]:
    """Each request on a page, with the answer that follows it."""
    found = blocks(page)
    return [
        (request, answer)
        for request, answer in itertools.pairwise(found)
        if answer.language == "json" and (request.language == "graphql" or request.text.startswith("curl "))
    ]


def code(page: Path) -> list[str]:
    """The code in the sentences of a page, and the lines of its shell blocks."""
    text = page.read_text(encoding="utf-8")
    shell = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    return CODE.findall(BLOCK.sub("", text)) + shell


@dataclass
class Conversation:
    """Sends the requests of one page in order.

    `names` has the real value for each generated value on the page. `secret` is the last token in an answer.
    """

    http: httpx.AsyncClient
    names: dict[str, str] = field(default_factory=dict)
    secret: str | None = None
    jar: httpx.Cookies = field(default_factory=httpx.Cookies)

    async def send(self, request: Block) -> Any:
        """Send a request of the page, with its generated values replaced by the real ones. Returns the answer."""
        text = GENERATED.sub(lambda match: self.names.get(match[0], match[0]), TIME.sub(moved, request.text))
        response = await (self._graphql(text) if request.language == "graphql" else self._curl(text))
        self.http.cookies.clear()
        for match in SECRET.finditer(response.text):
            self.secret = match[0]
        answer = response.json()
        # Every answer has the cost of its operation. The pages leave it out, and say so.
        answer.pop("extensions", None)
        return answer

    def compare(self, shown: Any, real: Any, key: str = "") -> None:
        """Compare an answer on the page with the real one, and note what its generated values stand for."""
        if isinstance(shown, dict) and isinstance(real, dict):
            assert len(shown) == len(real), (shown, real)
            for (shown_key, shown_value), (real_key, real_value) in zip(shown.items(), real.items(), strict=True):
                self._compare_text(shown_key, real_key)
                self.compare(shown_value, real_value, shown_key)
        elif isinstance(shown, list) and isinstance(real, list):
            assert len(shown) == len(real), (shown, real)
            for one, other in zip(shown, real, strict=True):
                self.compare(one, other, key)
        elif isinstance(shown, str) and isinstance(real, str):
            self._compare_text(shown, real)
        elif key in USAGE_FIELDS:
            assert isinstance(real, int | float), real
        else:
            assert shown == real

    def _compare_text(self, shown: str, real: str) -> None:
        """The texts must be equal except for generated values, and each of those must always stand for the same one."""
        assert _without_new_parts(shown) == _without_new_parts(real)
        for one, other in zip(GENERATED.findall(shown), GENERATED.findall(real), strict=True):
            assert self.names.setdefault(one, other) == other, f"{one} has stood for another value above"

    async def _graphql(self, query: str) -> httpx.Response:
        headers = {} if self.secret is None else {"authorization": f"Bearer {self.secret}"}
        return await self.http.post("/graphql", json={"query": query}, headers=headers)

    async def _curl(self, line: str) -> httpx.Response:
        """Send what curl would send. It knows only the options that the pages use."""
        words = iter(shlex.split(line)[1:])
        headers, body, url, stores = {"content-type": "application/x-www-form-urlencoded"}, "", "", False
        for word in words:
            if word == "-H":
                name, _, value = next(words).partition(": ")
                headers[name.lower()] = value
            elif word == "-d":
                body = next(words)
            elif word == "-b":
                next(words)
                headers["cookie"] = "; ".join(f"{name}={value}" for name, value in self.jar.items())
            elif word == "-c":
                next(words)
                stores = True
            elif word != "-s":
                url = word
        response = await self.http.post(httpx.URL(url).path, content=body, headers=headers)
        if stores:
            self.jar.update(response.cookies)
        return response


def shown(answer: Block) -> Any:
    """The answer on the page, parsed."""
    return json.loads(answer.text)


def moved(match: re.Match[str]) -> str:
    """A date of the page, moved by the days since the page was written."""
    day, rest = date.fromisoformat(match[0][:10]), match[0][10:]
    return (day + (datetime.now(UTC).date() - WRITTEN)).isoformat() + rest


def _without_new_parts(text: str) -> str:
    """The text with the kind of each part that is new in every run, or moves, in place of the part."""
    return GENERATED.sub(_kind, TIME.sub("time", POLICY_LINE.sub("policy.polar:line", text)))


def _kind(match: re.Match[str]) -> str:
    """The kind of a generated value: its prefix, or its form."""
    value = match[0]
    if SECRET.fullmatch(value):
        return "<secret>"
    return f"<{value.partition('_')[0]}>" if "_" in value else "<hash>" if len(value) == 64 else "<cursor>"
