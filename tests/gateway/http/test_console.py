"""The page of the console and its files, which `make console` built: addresses, headers, compression, documents."""

import gzip
import re
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import orjson
import pytest
from starlette.applications import Starlette

from gateway.app import LINKED, application
from gateway.http import console
from gateway.runtime.settings import ROOT, Settings
from tests.conftest import Client

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
SCREENS = orjson.loads((console.BUNDLE / "routes.json").read_bytes())
FILES = sorted(path.name for path in (console.BUNDLE / "assets").iterdir() if path.suffix in console.TYPES)
REFERENCE = re.compile(r'(?:src|href)="/assets/([^"]+)"')


@pytest.fixture(scope="module")
async def trusting(postgres: str, app: Starlette) -> AsyncIterator[Client]:
    """A client of a gateway that takes only trusted documents, and names none itself."""
    assert app.routes
    opened = application(Settings(database_url=postgres, only_trusted_documents=True))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened), base_url="http://usher.test") as http:
        yield Client(http)


@pytest.mark.parametrize("screen", SCREENS, ids=lambda screen: screen["name"])
async def test_each_screen_has_the_page_at_its_address(client: Client, screen: dict[str, str]) -> None:
    path = console.PARAMETER.sub("unknown", screen["path"])
    for method in ("GET", "HEAD"):
        page = await client.http.request(method, path, headers=BROWSER)
        assert page.status_code == 200
        assert page.headers["content-type"] == "text/html; charset=utf-8"
        assert page.headers["cache-control"] == "no-cache"


async def test_the_page_runs_only_files_of_usher(client: Client) -> None:
    page = await client.http.get("/", headers=BROWSER)
    policy = {name: sources for name, *sources in (part.split() for part in console.PAGE_POLICY.split(";"))}
    assert page.headers["content-security-policy"] == console.PAGE_POLICY
    assert {name for name, sources in policy.items() if sources == ["'self'"]} == {
        "script-src", "style-src", "img-src", "connect-src", "frame-src"
    }  # fmt: skip
    assert {source for sources in policy.values() for source in sources} == {"'self'", "'none'", "'script'"}
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert "<script>" not in page.text
    assert "<style" not in page.text


async def test_the_page_names_files_that_exist(client: Client) -> None:
    page = await client.http.get("/", headers=BROWSER)
    names = REFERENCE.findall(page.text)
    assert {Path(name).suffix for name in names} == {".css", ".js", ".svg"}
    assert set(names) <= set(FILES)


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_kept_for_a_year_and_comes_as_the_client_wants_it(client: Client, name: str) -> None:
    content = (console.BUNDLE / "assets" / name).read_bytes()
    for wanted, coding, ending in [("identity", None, ""), ("gzip", "gzip", ".gz"), ("gzip, br, zstd", "br", ".br")]:
        async with client.http.stream("GET", f"/assets/{name}", headers={"accept-encoding": wanted}) as response:
            raw = b"".join([chunk async for chunk in response.aiter_raw()])
        assert response.headers.get("content-encoding") == coding
        assert raw == (console.BUNDLE / "assets" / f"{name}{ending}").read_bytes()
        assert response.headers["cache-control"] == "public, max-age=31536000, immutable"
        assert response.headers["vary"] == "accept-encoding"
        assert response.headers["content-type"].split(";")[0] == console.TYPES[Path(name).suffix].split(";")[0]
    assert gzip.decompress((console.BUNDLE / "assets" / f"{name}.gz").read_bytes()) == content
    assert re.search(r"-[\w-]{8}\.\w+$", name), "A name without a hash cannot be kept for a year."


@pytest.mark.parametrize("name", ["", "unknown.js", "..%2Findex.html", "%2e%2e/documents.json"])
async def test_no_other_file_is_served(client: Client, name: str) -> None:
    answer = await client.http.get(f"/assets/{name}")
    assert answer.status_code == 404
    # While Usher is updated, one process may have a file that another does not have yet.
    assert answer.headers["cache-control"] == "no-store"
    assert answer.headers["content-security-policy"] == "default-src 'none'; frame-ancestors 'none'"
    assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("path", ["/nowhere", "/teams/one/two/three", "/routes.json", "/documents.json"])
async def test_other_addresses_are_not_found(client: Client, path: str) -> None:
    page = await client.http.get(path, headers=BROWSER)
    assert page.status_code == 404
    assert page.headers["vary"] == "accept"
    assert page.headers["content-security-policy"] == console.PAGE_POLICY
    program = await client.http.get(path)
    assert (program.status_code, program.text) == (404, "Not Found")
    assert (await client.http.post(path, headers=BROWSER)).text == "Not Found"


@pytest.mark.parametrize("path", ["/sign-in", "/teams/team_1/people", "/graphql", "/healthz", "/teams/a%20b%3F/people"])
@pytest.mark.parametrize("query", ["", "?role=USER&at=x%3Fy"])
async def test_a_slash_at_the_end_leads_to_the_address_without_it(client: Client, path: str, query: str) -> None:
    for method in ("GET", "HEAD", "POST"):
        answer = await client.http.request(method, f"{path}/{query}", headers=BROWSER)
        # It names no host: Usher does not know its name and its scheme behind a proxy.
        assert (answer.status_code, answer.headers["location"]) == (307, f"{path}{query}")
        assert answer.headers["x-content-type-options"] == "nosniff"
        assert answer.headers["cache-control"] == "no-store"


@pytest.mark.parametrize("path", ["//evil.example/", "/nowhere/", "/assets/", "//sign-in/", "//", "/sign-in/%2Fevil/"])
async def test_no_other_slash_leads_anywhere(client: Client, path: str) -> None:
    answer = await client.http.get(f"http://usher.test{path}", headers=BROWSER)
    assert (answer.status_code, answer.headers.get("location")) == (404, None)


async def test_the_gateway_knows_each_document_of_the_console(trusting: Client) -> None:
    committed = orjson.loads((ROOT / "web" / "documents.json").read_bytes())
    assert console.documents() == committed
    for hash_ in committed:
        answer = await trusting.post({"documentId": hash_, "variables": {}})
        assert "UNTRUSTED_DOCUMENT" not in answer.codes
    assert (await trusting("{ viewer { id } }")).codes == ["UNTRUSTED_DOCUMENT"]


@pytest.mark.parametrize("demo", [True, False])
async def test_the_sign_ins_of_the_demo_company_are_offered_only_with_it(
    postgres: str, app: Starlette, *, demo: bool
) -> None:
    assert app.routes
    opened = application(Settings(database_url=postgres, demo=demo, graphiql=demo))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened), base_url="http://usher.test") as http:
        page = (await http.get("/")).text
    assert ("demo-password" in page) is demo
    assert ("data-explorer" in page) is demo


async def test_the_console_can_be_switched_off(postgres: str, app: Starlette) -> None:
    assert app.routes
    opened = application(Settings(database_url=postgres, console=False, only_trusted_documents=True))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened), base_url="http://usher.test") as http:
        for hash_ in console.documents():
            answer = await Client(http).post({"documentId": hash_, "variables": {}})
            assert answer.codes == ["UNTRUSTED_DOCUMENT"]
        for screen in SCREENS:
            page = await http.get(console.PARAMETER.sub("unknown", screen["path"]))
            if screen["path"] in LINKED:
                assert (page.status_code, page.text) == (503, f"{console.OFF}\n")
            elif screen["path"] != "/":
                assert (page.status_code, page.text) == (404, "Not Found")
        for name in FILES:
            assert (await http.get(f"/assets/{name}")).status_code == 404
        assert (await http.get("/")).headers["location"] == "/graphql"
    opened = application(Settings(database_url=postgres, console=False, graphiql=False))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened), base_url="http://usher.test") as http:
        assert (await http.get("/")).status_code == 404


async def test_without_a_build_the_root_and_the_links_in_mails_say_what_is_missing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, postgres: str, app: Starlette
) -> None:
    assert app.routes
    monkeypatch.setattr(console, "BUNDLE", tmp_path)
    opened = application(Settings(database_url=postgres))
    async with httpx.AsyncClient(transport=httpx.ASGITransport(opened), base_url="http://usher.test") as http:
        assert (await http.get("/nowhere", headers=BROWSER)).text == "Not Found"
        for path in ("/", "/invitations", "/verify", "/reset", "/forgot", "/email", "/undo", "/sign-in/second-step"):
            page, text = await http.get(path, headers=BROWSER), await http.get(path)
            assert (text.status_code, text.text) == (503, f"{console.MISSING}\n")
            assert (page.status_code, page.headers["content-type"]) == (503, "text/html; charset=utf-8")
            assert f"<p>{console.MISSING}</p>" in page.text
            assert page.headers["cache-control"] == text.headers["cache-control"] == "no-store"
            assert page.headers["vary"] == text.headers["vary"] == "accept"
