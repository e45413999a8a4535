"""The page of GraphiQL and its files, which `make console` built: their headers, and that the package has them."""

import gzip
import re
import shutil
import subprocess
import sys
from pathlib import Path
from zipfile import ZipFile

import httpx
import pytest

from gateway.http import console
from gateway.http.graphiql import BUNDLE
from gateway.runtime.settings import ROOT
from tests.conftest import Client

BROWSER = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
FILES = sorted(path.name for path in BUNDLE.iterdir() if path.name != "index.html")
REFERENCE = re.compile(r'(?:src|href)="(graphiql/[^"]+)"')


def directives(response: httpx.Response) -> dict[str, set[str]]:
    """The Content-Security-Policy of a response: the sources of each directive."""
    policy = response.headers["content-security-policy"]
    return {name: set(sources) for name, *sources in (part.split() for part in policy.split(";"))}


async def test_the_page_allows_only_its_own_files(client: Client) -> None:
    page = await client.http.get("/graphql", headers=BROWSER)
    policy = directives(page)
    assert policy["default-src"] == policy["base-uri"] == {"'none'"}
    assert policy["frame-ancestors"] == {"'self'"}
    assert policy["script-src"] == policy["worker-src"] == policy["connect-src"] == {"'self'"}
    assert page.headers["x-content-type-options"] == "nosniff"
    assert page.headers["referrer-policy"] == "no-referrer"
    assert page.headers["vary"] == "accept"
    assert "<script>" not in page.text


async def test_the_page_names_files_that_exist(client: Client) -> None:
    page = await client.http.get("/graphql", headers=BROWSER)
    names = REFERENCE.findall(page.text)
    assert {Path(name).suffix for name in names} == {".css", ".js", ".txt"}
    for name in names:
        assert (await client.http.get(f"/{name}")).status_code == 200


@pytest.mark.parametrize("name", FILES)
async def test_a_file_is_cached_by_its_hash_and_has_its_type(client: Client, name: str) -> None:
    response = await client.http.get(f"/graphiql/{name}", headers={"accept-encoding": "identity"})
    types = {".js": "text/javascript", ".css": "text/css", ".ttf": "font/ttf", ".txt": "text/plain"}
    assert response.content == (BUNDLE / name).read_bytes()
    assert response.headers["content-type"].split(";")[0] == types[Path(name).suffix]
    assert response.headers["x-content-type-options"] == "nosniff"
    assert directives(response)["default-src"] == {"'none'"}
    is_hashed = re.search(r"-[0-9A-Z]{8}\.", name) is not None
    assert response.headers["cache-control"] == ("public, max-age=31536000, immutable" if is_hashed else "no-cache")


async def test_a_file_is_compressed_for_a_client_that_asks(client: Client) -> None:
    [name] = [name for name in FILES if re.fullmatch(r"main-\w+\.js", name)]
    async with client.http.stream("GET", f"/graphiql/{name}", headers={"accept-encoding": "gzip, br"}) as response:
        raw = b"".join([chunk async for chunk in response.aiter_raw()])
    assert response.headers["content-encoding"] == "gzip"
    assert response.headers["vary"] == "accept-encoding"
    assert len(raw) < len(gzip.decompress(raw)) / 3
    assert gzip.decompress(raw) == (BUNDLE / name).read_bytes()


@pytest.mark.parametrize("name", ["", "unknown.js", "index.html", "..%2Fgraphiql.py", "%2e%2e/graphiql.py"])
async def test_no_other_file_is_served(client: Client, name: str) -> None:
    answer = await client.http.get(f"/graphiql/{name}")
    assert (answer.status_code, answer.headers["cache-control"]) == (404, "no-store")
    assert directives(answer)["default-src"] == {"'none'"}


@pytest.mark.slow
def test_the_package_contains_the_files(tmp_path: Path) -> None:
    copied = tmp_path / "source"
    copied.mkdir()
    for name in ("pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, copied)
    shutil.copytree(ROOT / "gateway", copied / "gateway", ignore=shutil.ignore_patterns("__pycache__"))
    words = ["pip", "wheel", "--quiet", "--no-deps", "--no-build-isolation", "--wheel-dir", str(tmp_path), str(copied)]
    subprocess.run([sys.executable, "-m", *words], check=True, timeout=120)  # noqa: S603 - fixed arguments
    [wheel] = tmp_path.glob("*.whl")
    names = ZipFile(wheel).namelist()
    for bundle in (BUNDLE, console.BUNDLE):
        built = {str(path.relative_to(ROOT)) for path in bundle.rglob("*") if path.is_file()}
        assert {name for name in names if name.startswith(f"{bundle.relative_to(ROOT)}/")} == built
