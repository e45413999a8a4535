"""docs/production.md: its commands and requests, in their order, begin a company from an empty database."""

import asyncio
import re
import shlex
from collections.abc import AsyncIterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest
from sqlalchemy import text

from gateway.runtime.settings import ROOT, Settings
from tests.conftest import new_database
from tests.support import doc_pages
from tests.support.database import direct_engine
from tests.support.doc_pages import GENERATED, Block, Conversation
from tests.support.mail_server import MailCatcher, mail_text
from tests.support.process import Run, launched, running, usher, wait_for

pytestmark = pytest.mark.slow

PAGE = ROOT / "docs" / "production.md"
BLOCKS = doc_pages.blocks(PAGE)
LINK = re.compile(r"usher_(?:invitation|signup)_[A-Za-z0-9_-]{43}")
LINKS = {
    "usher_invitation": ("maria@lumen.example", "/invitations"),
    "usher_signup": ("vera@vendor.example", "/verify"),
}
"""By the kind of a token: the address that gets it on the page, and the path of the link."""
LONG_RUNNING = ("usher run", "usher worker")


def settings_of(block: Block) -> dict[str, str]:
    """The variables of a file of settings on the page."""
    return dict(shlex.split(line)[0].split("=", 1) for line in block.text.splitlines())


@dataclass
class Walk:
    """A reader who follows the page. The processes start when the page starts them."""

    url: str
    data: Path
    mail_catcher: MailCatcher
    conversation: Conversation
    settings: dict[str, str]
    stack: ExitStack
    run: Run | None = None

    @property
    def environment(self) -> dict[str, str]:
        """The settings of the page, with the servers of this test."""
        return {**self.settings, "DATABASE_URL": self.url, "SMTP_URL": self.mail_catcher.url}

    def start(self) -> None:
        """Start `usher run` and `usher worker`."""
        self.run = self.stack.enter_context(running(self.data / "run", **self.environment))
        self.stack.enter_context(launched(self.data / "worker", "worker", **self.environment))
        self.conversation.http = httpx.AsyncClient(base_url=self.run.address, timeout=30)

    def command(self, line: str) -> str:
        """Run a command of the page with the real ids. Returns what it printed."""
        moved = doc_pages.TIME.sub(doc_pages.moved, line)
        words = shlex.split(GENERATED.sub(lambda match: self.conversation.names.get(match[0], match[0]), moved))
        done = usher(*words[1:], data=self.data, **self.environment)
        assert done.returncode == 0, done.stderr
        return done.stdout

    def token(self, shown: str) -> str:
        """Wait for the mail with the link that the page shows. Returns the token in it."""
        address, path = LINKS["_".join(shown.split("_")[:2])]
        found: list[str] = []

        def arrived() -> bool:
            mails = [mail_text(mail) for mail in self.mail_catcher.mails if address in str(mail["Delivered-To"])]
            found[:] = [match[0] for mail in mails for match in LINK.finditer(mail)]
            return bool(found)

        wait_for(arrived)
        [token] = found
        assert any(
            f"{self.settings['USHER_PUBLIC_URL']}{path}#{token}" in mail_text(mail) for mail in self.mail_catcher.mails
        )
        return token


@pytest.fixture
async def walk(postgres: str, tmp_path: Path) -> AsyncIterator[Walk]:
    """The page's settings and an empty database, without tables."""
    settings = settings_of(next(block for block in BLOCKS if block.language == "ini"))
    catcher = MailCatcher()
    with ExitStack() as stack:
        stack.enter_context(catcher.open())
        conversation = Conversation(httpx.AsyncClient())
        walked = Walk(await new_database(postgres), tmp_path, catcher, conversation, settings, stack)
        yield walked
        await conversation.http.aclose()


async def test_the_page_begins_a_company_from_an_empty_database(walk: Walk) -> None:
    for block, following in zip(BLOCKS, [*BLOCKS[1:], None], strict=True):
        if block.language == "systemd":
            await asyncio.to_thread(walk.start)
        elif block.language == "sh":
            printed = ""
            for line in block.text.splitlines():
                if line.startswith("usher "):
                    printed = await asyncio.to_thread(walk.command, line)
            if following is not None and following.language == "text":
                walk.conversation.compare(following.text, printed)
        elif block.language == "graphql":
            for token in LINK.findall(block.text):
                walk.conversation.names[token] = await asyncio.to_thread(walk.token, token)
            real = await walk.conversation.send(block)
            assert following is not None
            walk.conversation.compare(doc_pages.shown(following), real)
    engine = direct_engine(walk.url)
    async with engine.connect() as connection:
        teams = (await connection.execute(text("select name from teams order by name"))).scalars().all()
        held = "select t.name, count(s.holder_id), count(*) from seats s join teams t on t.id = s.team_id group by 1"
        seats = [tuple(row) for row in await connection.execute(text(f"{held} order by 1"))]
        log = "select actor_kind, actor_id, action from audit_events order by id"
        rows = [tuple(row) for row in await connection.execute(text(log))]
    await engine.dispose()
    assert teams == ["Copper Yard", "Lumen Works"]
    assert seats == [("Copper Yard", 0, 13), ("Lumen Works", 1, 25)]
    by_command = [row[1:] for row in rows if row[0] == "system" and row[1].startswith("command ")]
    assert by_command == [
        ("command product add", "products:add"),
        ("command mail test", "mails:queue"),
        ("command company create", "companies:create"),
        ("command subscription add", "subscriptions:add"),
        ("command vendor grant", "vendors:grant"),
        ("command company invite", "companies:invite"),
    ]
    others = [row[2] for row in rows if row[0] in ("person", "anonymous")]
    assert others == [
        "invitations:accept", "seats:assign", "accounts:create", "accounts:create", "companies:create",
        "subscriptions:add",
    ]  # fmt: skip


def test_the_files_of_settings_name_settings() -> None:
    known = {str(field.alias) for field in Settings.model_fields.values()} | {"FORWARDED_ALLOW_IPS"}
    bare, containers = [settings_of(block) for block in BLOCKS if block.language == "ini"]
    assert bare.keys() <= known
    compose = (ROOT / "compose.yaml").read_text(encoding="utf-8")
    assert containers.keys() <= set(re.findall(r"\$\{(\w+)", compose))
    required = set(re.findall(r"\$\{(\w+):\?", compose))
    assert required <= containers.keys()


def test_the_page_shows_every_long_running_command() -> None:
    assert all(f"`{command}`" in PAGE.read_text(encoding="utf-8") for command in LONG_RUNNING)
