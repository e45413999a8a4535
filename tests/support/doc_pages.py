"""The pages of the documentation, and how what they show is compared with what happens.

A page is one conversation, read downward. Each ```graphql block (or curl line) that a ```json block follows is sent,
with the last session or partner token that an answer above it showed, and must be answered like that block. Ids,
tokens, cursors, hashes and moments are new in every run: one on the page stands for one that was answered, always for
the same one, and its form must be right. Figures of usage are random in the demo company: they must be numbers. Dates
in a request move along with the calendar. All the rest must be equal.
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

PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
WRITTEN = date(2026, 11, 24)
"""The day on which the answers on the pages were copied."""

BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`([^`\n]+)`")
SECRET = re.compile(r"usher_(?:session|partner)_[A-Za-z0-9_-]{43}")
MOMENT = re.compile(r"\d{4}-\d\d-\d\d(?:T\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|\+00:00))?")
NAMED = re.compile(rf"{SECRET.pattern}|\b[a-z]+_[0-9a-z]{{26}}\b|\bWyJ[A-Za-z0-9_-]{{8,}}=*|\b[0-9a-f]{{64}}\b")
USAGE = {"hours", "sessions"}


@dataclass(frozen=True)
class Block:
    """A fenced block of a page: its language, its text, and the line it begins on."""

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
    """Each request on a page with the answer that follows it."""
    found = blocks(page)
    return [
        (asked, answer)
        for asked, answer in itertools.pairwise(found)
        if answer.language == "json" and (asked.language == "graphql" or asked.text.startswith("curl "))
    ]


def code(page: Path) -> list[str]:
    """What a page shows as code in its text, and the lines of its shell blocks."""
    text = page.read_text(encoding="utf-8")
    shell = [line for block in blocks(page) if block.language == "sh" for line in block.text.splitlines()]
    return CODE.findall(BLOCK.sub("", text)) + shell


@dataclass
class Conversation:
    """The requests of one page, sent in order."""

    http: httpx.AsyncClient
    names: dict[str, str] = field(default_factory=dict)
    secret: str | None = None
    jar: httpx.Cookies = field(default_factory=httpx.Cookies)

    async def send(self, asked: Block) -> Any:
        """The answer to a request of the page, which speaks in the page's names."""
        text = NAMED.sub(lambda match: self.names.get(match[0], match[0]), MOMENT.sub(_moved, asked.text))
        response = await (self._graphql(text) if asked.language == "graphql" else self._curl(text))
        self.http.cookies.clear()
        for match in SECRET.finditer(response.text):
            self.secret = match[0]
        answer = response.json()
        # What an operation cost is part of every answer, and left out on the pages, which say so.
        answer.pop("extensions", None)
        return answer

    def learn(self, shown: Any, real: Any, key: str = "") -> None:
        """Compare an answer on the page with the real one, and learn what its names stand for."""
        if isinstance(shown, dict) and isinstance(real, dict):
            assert len(shown) == len(real), (shown, real)
            for (shown_key, shown_value), (real_key, real_value) in zip(shown.items(), real.items(), strict=True):
                self._name(shown_key, real_key)
                self.learn(shown_value, real_value, shown_key)
        elif isinstance(shown, list) and isinstance(real, list):
            assert len(shown) == len(real), (shown, real)
            for one, other in zip(shown, real, strict=True):
                self.learn(one, other, key)
        elif isinstance(shown, str) and isinstance(real, str):
            self._name(shown, real)
        elif key in USAGE:
            assert isinstance(real, int | float), real
        else:
            assert shown == real

    def _name(self, shown: str, real: str) -> None:
        """Two texts are alike: the same but for names, and the names in them stand for each other."""
        assert NAMED.sub(_kind, MOMENT.sub("moment", shown)) == NAMED.sub(_kind, MOMENT.sub("moment", real))
        for one, other in zip(NAMED.findall(shown), NAMED.findall(real), strict=True):
            assert self.names.setdefault(one, other) == other, f"{one} stands for another above"

    async def _graphql(self, query: str) -> httpx.Response:
        headers = {} if self.secret is None else {"authorization": f"Bearer {self.secret}"}
        return await self.http.post("/graphql", json={"query": query}, headers=headers)

    async def _curl(self, line: str) -> httpx.Response:
        """What curl would send; the only options are those that the pages use."""
        words = iter(shlex.split(line)[1:])
        headers, body, url, keep = {"content-type": "application/x-www-form-urlencoded"}, "", "", False
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
                keep = True
            elif word != "-s":
                url = word
        response = await self.http.post(httpx.URL(url).path, content=body, headers=headers)
        if keep:
            self.jar.update(response.cookies)
        return response


def shown(answer: Block) -> Any:
    """The answer as the page has it."""
    return json.loads(answer.text)


def _moved(match: re.Match[str]) -> str:
    """A date of the page, as far from today as it was from the day on which the page was written."""
    day, rest = date.fromisoformat(match[0][:10]), match[0][10:]
    return (day + (datetime.now(UTC).date() - WRITTEN)).isoformat() + rest


def _kind(match: re.Match[str]) -> str:
    """What a name is a name of: its prefix, or its form."""
    name = match[0]
    if SECRET.fullmatch(name):
        return "<secret>"
    return f"<{name.partition('_')[0]}>" if "_" in name else "<hash>" if len(name) == 64 else "<cursor>"
