"""The container: what the Dockerfile and compose.yaml say, as far as it can be checked without Docker."""

import re
import subprocess
import sys
import tomllib
from importlib import metadata
from pathlib import Path
from typing import Any

import pytest
import yaml

from gateway.runtime.settings import ROOT, Settings
from tests.support.process import usher

pytestmark = pytest.mark.slow

BIN = Path(sys.executable).parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
FINAL_STAGE = DOCKERFILE.rpartition("\nFROM ")[2]
COMPOSE_TEXT = (ROOT / "compose.yaml").read_text(encoding="utf-8")
COMPOSE: dict[str, Any] = yaml.safe_load(COMPOSE_TEXT)
SECRET = re.compile(r"(?i)password|secret|token|_key")
COMPOSE_LINTER = ("check-jsonschema", "--builtin-schema", "vendor.compose-spec", "--default-filetype", "yaml", "-")
# Variables of other programs: the image of PostgreSQL, and uvicorn.
FOREIGN = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "FORWARDED_ALLOW_IPS"}


def lint(text: str, *words: str) -> int:
    """The exit code of a linter for a text."""
    return subprocess.run(  # noqa: S603 - the tests' own arguments, no shell
        [BIN / words[0], *words[1:]], input=text, capture_output=True, text=True, check=False
    ).returncode


def test_the_image_is_installed_by_the_commands_of_any_machine() -> None:
    [command] = re.findall(r"^RUN make (.*) && rm -rf web$", DOCKERFILE, re.MULTILINE)
    assert command.split() == [".venv/run", "console"]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert "\n$(VENV)/run: requirements.lock" in makefile
    assert "\nconsole: " in makefile


def test_the_image_runs_as_nobody_with_rights_and_is_asked_for_its_health() -> None:
    [user] = re.findall(r"^USER (.*)$", FINAL_STAGE, re.MULTILINE)
    assert all(int(number) >= 10_000 for number in user.split(":"))
    assert "/healthz" in FINAL_STAGE.partition("HEALTHCHECK")[2]
    assert 'CMD ["usher", "run"]' in FINAL_STAGE


def test_no_secret_is_in_the_image_or_has_a_default() -> None:
    code = "\n".join(line for line in DOCKERFILE.splitlines() if not line.startswith("#"))
    assert SECRET.search(code) is None
    assert "ARG" not in code
    values = re.findall(r"\$\{(\w+)(:-|:\?)", COMPOSE_TEXT)
    assert {name for name, _ in values} >= {"POSTGRES_PASSWORD", "SMTP_URL"}
    assert {kind for name, kind in values if SECRET.search(name) or name == "SMTP_URL"} == {":?"}
    for service in COMPOSE["services"].values():
        for name, value in service["environment"].items():
            assert not SECRET.search(name) or value.startswith("${"), name


def test_the_build_sees_every_package_and_no_other_file() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    rules = [line for line in lines if line and not line.startswith("#")]
    allowed = {line.removeprefix("!") for line in rules if line.startswith("!")}
    assert rules[0] == "*"
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    packages = {name.removesuffix("*") for name in project["tool"]["setuptools"]["packages"]["find"]["include"]}
    files = {"LICENSE", "Makefile", "README.md", "policy.polar", "pyproject.toml", "requirements.lock"}
    assert allowed == packages | files | {"schema.graphql", "web"}
    # What was built or installed on this machine is not used in the image.
    assert {"gateway/http/*_bundle", "**/node_modules"} <= set(rules)
    assert all((ROOT / name).exists() for name in allowed)


def test_the_services_use_settings_that_exist() -> None:
    assert COMPOSE["services"].keys() == {"database", "web", "worker"}
    known = {str(field.alias) for field in Settings.model_fields.values()} | FOREIGN
    for service in COMPOSE["services"].values():
        assert service["environment"].keys() <= known
    for name in ("web", "worker"):
        service = COMPOSE["services"][name]
        assert (service["read_only"], service["cap_drop"]) == (True, ["ALL"])
    assert COMPOSE["services"]["web"]["ports"] == ["127.0.0.1:8000:8000"]


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("FROM python:latest\n", ("hadolint", "-")),
        ("FROM python:3.12\nRUN sudo ls\n", ("hadolint", "-")),
        (
            "services: {web: {build: ., ports: 8000}}\n",
            COMPOSE_LINTER,
        ),
    ],
)
def test_the_linters_of_make_check_find_faults_without_the_internet(text: str, words: tuple[str, ...]) -> None:
    assert lint(text, *words) != 0


def test_the_linters_of_make_check_accept_the_files() -> None:
    assert lint(DOCKERFILE, "hadolint", "-") == 0
    assert lint(COMPOSE_TEXT, *COMPOSE_LINTER) == 0


def test_the_command_line_and_the_package_tell_version_and_licence(tmp_path: Path) -> None:
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    [version] = re.findall(r'^version = "(.*)"$', project, re.MULTILINE)
    done = usher("--version", data=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"usher {version}\n")
    about = metadata.metadata("usher")
    assert (about["License-Expression"], about["License-File"]) == ("MIT", "LICENSE")
    assert "2026 The Usher authors" in (ROOT / "LICENSE").read_text(encoding="utf-8")
