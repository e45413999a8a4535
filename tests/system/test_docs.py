"""The documentation is true: its examples run, its lists equal the code, and its links and file names exist."""

import itertools
import re
import shlex
import subprocess
import sys
from collections.abc import AsyncIterator, Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx
import pytest
import typer
from graphql import GraphQLSchema, build_schema, parse, validate

from db.core import migrate
from db.core.database import Database
from db.demo import company as demo
from domain.actions import Scope
from domain.problems import Problem, UserErrorCode
from gateway.app import application
from gateway.cli.main import app as command_line
from gateway.runtime.settings import ROOT, Settings
from resolvers.access import passwords
from tests.conftest import new_database
from tests.support import doc_pages
from tests.support.database import committed
from tests.support.doc_pages import Conversation
from tests.support.process import running

pytestmark = pytest.mark.slow

DOCS = ROOT / "docs"
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
# A path from the root of the project: it has a folder, or is a file with one of these endings. `.venv` is not checked.
PATH = re.compile(r"(?!\.venv)(?:\.?[\w-]+/)+(?:[\w.-]+)?|[\w-]+\.(?:md|toml|polar|lock|graphql|py|yaml)")
# The first cell of a table's row, and the second.
ROW = re.compile(r"^\| `([^`]+)` \| ([^|]*) \|", re.MULTILINE)
BLOCKS = [block for page in doc_pages.PAGES for block in doc_pages.blocks(page)]
LAYERS_THAT_LOG = ["gateway", "schema", "resolvers", "policies", "db"]
COMMANDS: Any = typer.main.get_command(command_line)
DECISIONS = sorted((DOCS / "adr").glob("0*.md"))
DECISION_LINES = 20
WIDTH = 120
# tests/system/test_production.py runs the examples of this page, because they need an empty database.
IN_ORDER_WITH_COMMANDS = DOCS / "production.md"
PAGES_WITH_EXAMPLES = [page for page in doc_pages.PAGES if doc_pages.examples(page) and page != IN_ORDER_WITH_COMMANDS]


def table_rows(page: str) -> dict[str, str]:
    """The first two cells of each table row of a page whose first cell is code."""
    return {row[1]: row[2].strip() for row in ROW.finditer((DOCS / page).read_text(encoding="utf-8"))}


@pytest.fixture(scope="module")
def published() -> GraphQLSchema:
    """The published schema."""
    return build_schema((ROOT / "schema.graphql").read_text(encoding="utf-8"))


@pytest.fixture
async def company(postgres: str) -> AsyncIterator[httpx.AsyncClient]:
    """A client, without a credential, of a gateway with a demo company of its own."""
    url = await new_database(postgres)
    opened = Database(url)
    await migrate.upgrade(opened)
    await committed(opened, lambda connection: demo.load(connection, passwords.hash_password))
    await opened.close()
    app = application(Settings(database_url=url))
    transport = httpx.ASGITransport(app)
    async with (
        app.router.lifespan_context(app),
        httpx.AsyncClient(transport=transport, base_url="http://usher.test") as http,
    ):
        yield http


@pytest.mark.parametrize("page", PAGES_WITH_EXAMPLES, ids=lambda page: page.name)
async def test_each_request_on_a_page_gets_the_answer_on_the_page(page: Path, company: httpx.AsyncClient) -> None:
    conversation = Conversation(company)
    for request, answer in doc_pages.examples(page):
        real = await conversation.send(request)
        try:
            conversation.compare(doc_pages.shown(answer), real)
        except AssertionError as error:
            raise AssertionError(f"{answer} differs from the real answer: {error}\n{real}") from error


@pytest.mark.parametrize("page", ["README.md", "spa-developers.md", "partners.md", "admins.md", "auditors.md"])
def test_every_page_for_clients_has_examples(page: str) -> None:
    assert page in {page.name for page in PAGES_WITH_EXAMPLES}


def operations() -> Iterator[tuple[str, str]]:
    """Every GraphQL operation on a page, also within JavaScript, with its page and line."""
    for block in BLOCKS:
        if block.language == "graphql":
            yield str(block), block.text
        elif block.language == "js":
            yield from ((str(block), found) for found in re.findall(r"`([^`]*\{[^`]*)`", block.text))


@pytest.mark.parametrize(("place", "operation"), list(operations()))
def test_every_operation_on_a_page_is_valid(place: str, operation: str, published: GraphQLSchema) -> None:
    assert validate(published, parse(operation)) == [], place


def test_the_python_client_of_the_readme_runs(tmp_path: Path) -> None:
    found = [block for block in BLOCKS if block.page.name == "README.md"]
    (source, printed), *others = [pair for pair in itertools.pairwise(found) if pair[0].language == "python"]
    assert others == []
    assert printed.language == "text"
    with running(tmp_path / "usher") as usher:
        program = source.text.replace("http://127.0.0.1:8000", usher.address)
        assert program != source.text
        ran = subprocess.run(  # noqa: S603 - the page's own example
            [sys.executable, "-W", "error", "-c", program], capture_output=True, text=True, check=False, timeout=60
        )
    assert (ran.returncode, ran.stdout) == (0, printed.text), ran.stderr


def test_the_operators_page_lists_every_setting_with_its_default() -> None:
    defaults = {str(setting.alias): _default(setting.default) for setting in Settings.model_fields.values()}
    documented = {name: default for name, default in table_rows("operators.md").items() if name.isupper()}
    assert documented == defaults


def test_the_operators_page_lists_every_log_event() -> None:
    sources = [path.read_text(encoding="utf-8") for folder in LAYERS_THAT_LOG for path in (ROOT / folder).rglob("*.py")]
    call = re.compile(r"\blog\.(?:info|warning|error|exception)\(\s*\"(\w+)\"")
    logged = {event for source in sources for event in call.findall(source)}
    assert {name for name in table_rows("operators.md") if name.islower() and " " not in name} == logged


def _default(value: object) -> str:
    if value is None or value == []:
        return "not set"
    if isinstance(value, Path):
        value = value.relative_to(ROOT)
    return f"`{str(value).lower()}`" if isinstance(value, bool) else f"`{value}`"


def test_every_error_code_is_in_the_table() -> None:
    def tree(problem: type[Problem]) -> Iterator[str]:
        yield problem.code
        for kind in problem.__subclasses__():
            yield from tree(kind)

    import_module("gateway.serving")  # a server knows all problems
    documented = set(table_rows("spa-developers.md"))
    assert documented >= {*tree(Problem), "GRAPHQL_VALIDATION_FAILED"}
    assert documented >= {code.name for code in UserErrorCode}
    assert documented <= {*tree(Problem), "GRAPHQL_VALIDATION_FAILED", *UserErrorCode.__members__}


def test_every_scope_is_in_the_table() -> None:
    assert {name for name in table_rows("partners.md") if name in Scope.__members__} == set(Scope.__members__)


def command_lines() -> Iterator[tuple[str, str]]:
    """Every command line of Usher on a page, without the word `usher`."""
    for page in doc_pages.PAGES:
        for line in doc_pages.code(page):
            if words := re.fullmatch(r"(?:\.venv/bin/)?usher ([a-z].*)", line):
                yield page.name, words[1]


@pytest.mark.parametrize(("page", "line"), list(command_lines()))
def test_every_command_on_a_page_exists(page: str, line: str) -> None:
    words, found = shlex.split(line), COMMANDS
    while commands := getattr(found, "commands", None):
        assert words, f"{page}: usher {line} names a group of commands"
        found = commands[words.pop(0)]
    options = {option for parameter in found.params for option in (*parameter.opts, *parameter.secondary_opts)}
    assert {word for word in words if word.startswith("--")} <= options, page


def test_every_command_is_on_a_page() -> None:
    def leaves(command: Any, path: str) -> Iterator[str]:
        if not hasattr(command, "commands"):
            yield path
        for name, child in getattr(command, "commands", {}).items():
            yield from leaves(child, f"{path} {name}")

    shown = [line for page in doc_pages.PAGES for line in doc_pages.code(page)]
    assert [
        path for path in leaves(COMMANDS, "usher") if not any(f"{line} ".startswith(f"{path} ") for line in shown)
    ] == []


def test_every_make_target_on_a_page_exists() -> None:
    targets = set(re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE))
    named = {
        match[1]
        for page in doc_pages.PAGES
        for line in doc_pages.code(page)
        if (match := re.fullmatch("make ([a-z-]+)(?: [A-Z]+=.*)?", line))
    }
    assert named
    assert named <= targets


@pytest.mark.parametrize("page", doc_pages.PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_to_a_file_and_a_heading(page: Path) -> None:
    for target in LINK.findall(page.read_text(encoding="utf-8")):
        path, _, anchor = target.partition("#")
        if path.startswith(("http://", "https://")):
            continue
        found = (page.parent / path).resolve() if path else page
        assert found.exists(), target
        if anchor:
            headings = re.findall(r"^#+ (.*)$", found.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", title).lower().replace(" ", "-") for title in headings}, target


def test_every_page_is_linked_from_another_page() -> None:
    linked = {
        (page.parent / target.partition("#")[0]).resolve()
        for page in doc_pages.PAGES
        for target in LINK.findall(page.read_text(encoding="utf-8"))
        if "://" not in target
    }
    within = {page for page in doc_pages.PAGES if any(page.is_relative_to(folder) for folder in linked)}
    assert set(doc_pages.PAGES) - within - linked == {ROOT / "README.md"}


def too_wide(text: str) -> list[str]:
    """The lines of a page that could be wrapped, and are wider than the limit.

    Blocks of code, rows of tables, headings, and lines that are one word or one link, stay as they are.
    """
    prose = doc_pages.BLOCK.sub("", text).splitlines()
    one_piece = re.compile(r"(?:#|\|).*| *(?:(?:-|\d+\.) )?(?:\S*|\[[^\]]*\]\(\S*\))")
    return [line for line in prose if len(line) > WIDTH and not one_piece.fullmatch(line)]


@pytest.mark.parametrize("page", doc_pages.PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_the_sentences_of_a_page_are_wrapped(page: Path) -> None:
    assert too_wide(page.read_text(encoding="utf-8")) == []


def test_only_lines_that_can_be_wrapped_are_too_wide() -> None:
    wide, link = "word " * 30, f"[{'word ' * 30}]({'x' * 30})"
    kept = [f"| {wide}|", f"# {wide}", f"- {link}", "1. " + "x" * 130, f"```sh\n{wide}\n```", "x" * WIDTH]
    assert too_wide("\n".join([wide, *kept, f"- see {link}"])) == [wide, f"- see {link}"]


@pytest.mark.parametrize("page", DECISIONS, ids=lambda page: page.name[:4])
def test_a_decision_is_read_in_a_minute(page: Path) -> None:
    _, *body = page.read_text(encoding="utf-8").splitlines()
    assert len([line for line in body if line]) <= DECISION_LINES


def paths(page: Path, text: str | None = None) -> list[str]:
    """The words in the code of a page, or of a part of its text, that look like files or folders of the project."""
    spans = doc_pages.code(page) if text is None else doc_pages.CODE.findall(text)
    words = [word for span in spans for word in re.split(r'[\s"=>]+|::', span)]
    return [word for word in words if PATH.fullmatch(word)]


@pytest.mark.parametrize("page", doc_pages.MAINTAINER_PAGES, ids=lambda page: page.name)
def test_every_file_that_a_page_for_maintainers_names_exists(page: Path) -> None:
    named = paths(page)
    assert len(named) > 20
    assert [path for path in named if not (ROOT / path).exists()] == []


@pytest.mark.parametrize("title", ["Add a field to a type", "Add a mutation", "Add a subject"])
def test_each_list_of_files_to_change_names_files_of_every_layer(title: str) -> None:
    page = ROOT / "CONTRIBUTING.md"
    section = page.read_text(encoding="utf-8").partition(f"## {title}\n")[2].partition("\n## ")[0]
    named = paths(page, section)
    assert {path.partition("/")[0] for path in named} >= {"db", "resolvers", "schema", "tests"}
    assert [path for path in named if not (ROOT / path).exists()] == []
