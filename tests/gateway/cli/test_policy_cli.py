"""`usher policy …` shows a policy, checks it, and explains wrong arguments."""

import shutil
from pathlib import Path

import pytest

from domain.roles import Standing
from gateway.runtime.settings import ROOT
from tests.support.command_line import error_output, usher

pytestmark = pytest.mark.slow

POLICY = (ROOT / "policy.polar").read_text(encoding="utf-8")
USERS_SEE_GROUPS = ('"groups:read" if "software_coordinator"', '"groups:read" if "user"')
DUTIES = ("seat.separation_of_duties = false and", "seat.own = true and")


@pytest.fixture
def edited(tmp_path: Path) -> Path:
    """A policy that lets users see groups, and lets coordinators always give seats to themselves."""
    path = tmp_path / "edited.polar"
    path.write_text(POLICY.replace(*USERS_SEE_GROUPS).replace(*DUTIES), encoding="utf-8")
    return path


# --- lint


async def test_the_project_s_own_policy_has_no_findings() -> None:
    result = await usher("policy", "lint")
    assert (result.exit_code, result.stderr) == (0, "")
    assert result.stdout.startswith("policy.polar: ")
    assert result.stdout.endswith("no findings.\n")


@pytest.mark.parametrize(
    ("old", "new", "finding"),
    [
        ('"teams:read" if "user"', '"teams:read" if if "user"', "bad.polar:{line}: did not expect"),
        ('"teams:read" if "user"', '"teams:read" if not "user"', "bad.polar:{line}: It uses not"),
        ("seat.own = true", "seat.owned = true", "bad.polar:{line}: Seat has no fact 'owned'"),
        ("# --- Teams", "allow(_: Person, _, _: Team) if 1 = 2;\n#", "bad.polar:{line}: Without this rule every"),
        ("role = target.role", 'role in [target.role, "boss"]', "bad.polar:{line}: Unknown role 'boss'"),
    ],
)
async def test_a_finding_names_its_line_and_how_to_correct_it(tmp_path: Path, old: str, new: str, finding: str) -> None:
    path = tmp_path / "bad.polar"
    before, after = POLICY.split(old, 1)
    path.write_text(before + new + after, encoding="utf-8")
    found = error_output(await usher("policy", "lint", path))
    line = before.count("\n") + 1
    assert any(line_.startswith(finding.format(line=line)) for line_ in found.splitlines()), found
    assert all(line_.startswith("bad.polar") and line_.endswith(".") for line_ in found.splitlines())


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (b"", "bad.polar: The file is empty."),
        (b"\xff\xfe", "bad.polar: Byte 0 is not UTF-8."),
        (None, "bad.polar: The file cannot be read (No such file or directory)."),
    ],
)
@pytest.mark.parametrize("words", ["lint", "matrix", "lock", "explain --policy {} teams:read", "test --policy {}"])
async def test_a_file_that_is_not_a_policy_is_refused_by_each_command(
    tmp_path: Path, words: str, content: bytes | None, expected: str
) -> None:
    path = tmp_path / "bad.polar"
    if content is not None:
        path.write_bytes(content)
    arguments = [word.format(path) for word in words.split()] + ([] if "{}" in words else [str(path)])
    assert error_output(await usher("policy", *arguments)).startswith(expected)


async def test_the_policy_usher_runs_with_is_the_default(edited: Path) -> None:
    result = await usher("policy", "lint", USHER_POLICY=str(edited))
    assert result.stdout.startswith("edited.polar: ")


# --- matrix


async def test_the_matrix_has_a_row_for_each_action_and_a_column_for_each_role() -> None:
    lines = (await usher("policy", "matrix")).stdout.splitlines()
    rows = [line.split() for line in lines]
    assert ["sessions:end", "no", "yes", "no", "no"] in rows
    assert ["seats:read", "no", "no", "own", "yes", "yes", "own", "no"] in rows
    assert ["seats:read", "no", "own,", "scope", "scope", "own,"] in rows
    assert ["members:remove", "no", "no", "no", "yes", "1)", "yes", "no", "no"] in rows
    assert ["subscriptions:end", "no", "no", "no", "no", "no", "no", "yes"] in rows
    assert ["seats:assign", "no", "no", "scope", "5)", "scope", "5)", "no"] in rows
    assert "1) except contract_manager = true" in lines
    assert "5) except own = true and separation_of_duties = true" in lines


async def test_the_published_matrix_is_up_to_date() -> None:
    written = (await usher("policy", "matrix", "--markdown")).stdout
    assert written == (ROOT / "docs" / "permissions.md").read_text(encoding="utf-8")
    assert (await usher("policy", "matrix", "--check", ROOT / "docs" / "permissions.md")).exit_code == 0


async def test_an_outdated_matrix_is_reported_with_the_command_that_updates_it(edited: Path) -> None:
    page = ROOT / "docs" / "permissions.md"
    expected = f"usher: {page} is out of date. Write it again: usher policy matrix --markdown > {page}"
    assert error_output(await usher("policy", "matrix", edited, "--check", page)) == expected


async def test_a_missing_matrix_is_reported(tmp_path: Path) -> None:
    page = tmp_path / "gone.md"
    expected = f"usher: {page} cannot be read: No such file or directory."
    assert error_output(await usher("policy", "matrix", "--check", page)) == expected


# --- explain


def line_of(rule: str) -> int:
    return POLICY[: POLICY.index(rule)].count("\n") + 1


async def explained(*words: str) -> list[str]:
    result = await usher("policy", "explain", *words)
    assert result.exit_code == 0, result.output
    return result.stdout.splitlines()


async def test_an_allowed_decision_names_its_rule() -> None:
    rule = line_of('"seats:unassign" if')
    assert await explained("seats:unassign", "--role", "contract_manager", "--fact", "own=false") == [
        f"seats:unassign person contract_manager own=false separation_of_duties={duties}: "
        f"allowed by policy.polar:{rule}"
        for duties in ("false", "true")
    ]


async def test_an_option_left_out_means_all_values() -> None:
    lines = await explained("teams:read")
    assert [line.partition(":")[2].split()[2].rstrip(":") for line in lines] == ["no-role", *Standing]
    assert len(await explained("seats:read")) == 6 * 2 * 2
    assert await explained("accounts:create", "--partner") == [
        "accounts:create partner -: denied: is for a signed-in person, not for a token"
    ]


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        ("teams:read --role none", "needs the role user in this team"),
        ("groups:read --role user", "needs the role software coordinator in this team"),
        ("groups:read --role software_coordinator --partner", "the token lacks groups:read"),
        ("groups:read --role software_coordinator --partner --scope seats:read", "the token lacks groups:read"),
        ("viewer:read --anonymous", "needs to be signed in"),
        (
            "seats:assign --role contract_manager --fact own=true --fact separation_of_duties=true",
            "may be done only for somebody else",
        ),
    ],
)
async def test_a_denied_decision_names_the_smallest_change(words: str, reason: str) -> None:
    [line] = await explained(*words.split())
    assert line.endswith(f": denied: {reason}")


async def test_a_token_with_the_scope_is_allowed_what_its_grantor_may() -> None:
    [line] = await explained("groups:read", "--partner", "--scope", "groups:read", "--role", "software_coordinator")
    assert line.startswith("groups:read partner software_coordinator: allowed by policy.polar:")


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ("seats:asign", "Unknown action 'seats:asign'. Use one of accounts:create, "),
        ("seats:read --role boss", "Unknown role 'boss'. Use one of none, user, software_coordinator, "),
        ("seats:read --partner --scope seats:eat", "Unknown scope 'seats:eat'. Use one of members:read, "),
        ("seats:read --scope seats:read", "Only a partner token has scopes. Add --partner"),
        ("seats:read --partner --anonymous", "--anonymous and --partner exclude each other"),
        ("seats:read --fact owned=true", "seats:read has no fact 'owned'; it has: own, separation_of_duties."),
        ("seats:read --fact own=maybe", "A fact is true or false. Write own=true or own=false."),
        ("seats:read --fact own", "A fact is true or false. Write own=true or own=false."),
        ("teams:read --fact own=true", "teams:read has no fact 'own'; it has none."),
        ("seats:read --fact own=true --fact own=false", "A fact is given twice. "),
        ("viewer:read --role user", "viewer:read is decided on the gateway, where nobody has a role of a team"),
        ("products:add --role user", "products:add is decided on the business, where nobody has a role of a team"),
    ],
)
async def test_a_wrong_argument_is_explained_in_a_sentence(words: str, message: str) -> None:
    assert error_output(await usher("policy", "explain", *words.split())).startswith(f"usher: {message}")


async def test_a_policy_with_an_unknown_fact_is_refused_by_explain(tmp_path: Path) -> None:
    path = tmp_path / "bad.polar"
    path.write_text(POLICY.replace("seat.own = true", "seat.owned = true"), encoding="utf-8")
    refused = error_output(await usher("policy", "explain", "seats:read", "--role", "user", "--policy", path))
    assert refused == "usher: Seat has no fact 'owned'; it has: role, own, separation_of_duties"


# --- test


async def test_the_project_s_own_cases_pass() -> None:
    result = await usher("policy", "test")
    assert result.exit_code == 0
    assert result.stdout.endswith("decisions.\n")


async def test_a_failed_case_is_reported_with_its_line(tmp_path: Path, edited: Path) -> None:
    cases = tmp_path / "cases.yaml"
    cases.write_text("groups:read:\n  - {subject: person, role: user, expect: deny}\n", encoding="utf-8")
    assert (await usher("policy", "test", cases)).stdout == "1 cases pass. They cover 1 decisions.\n"
    result = await usher("policy", "test", cases, "--policy", edited)
    assert result.exit_code == 1
    assert result.stdout == f"{cases}: line 2: groups:read person user: expected deny, is allow\n"
    assert result.stderr == "usher: 1 of 1 decisions are not as expected. Correct the policy or the cases.\n"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"seats:read: [", "cases.yaml:1: Not YAML"),
        (b"seats:red:\n - {expect: deny}\n", "cases.yaml:1: Unknown action 'seats:red'"),
        (b"seats:read:\n - {role: boss, expect: deny}\n", "cases.yaml:2: Unknown value 'boss'"),
        (b"\xff", "cases.yaml: Byte 0 is not UTF-8"),
        (None, "cases.yaml: The file cannot be read"),
    ],
)
async def test_malformed_cases_are_refused(tmp_path: Path, content: bytes | None, message: str) -> None:
    cases = tmp_path / "cases.yaml"
    if content is not None:
        cases.write_bytes(content)
    assert message in error_output(await usher("policy", "test", cases))


# --- lock


async def test_the_lock_is_written_beside_the_policy_and_checked_there(tmp_path: Path) -> None:
    policy, lock = tmp_path / "policy.polar", tmp_path / "permissions.lock"
    shutil.copy(ROOT / "policy.polar", policy)
    assert error_output(await usher("policy", "lock", "--check", policy)).startswith(f"usher: {lock} cannot be read")
    assert (await usher("policy", "lock", policy)).exit_code == 0
    assert lock.read_bytes() == (ROOT / "permissions.lock").read_bytes()
    assert (await usher("policy", "lock", "--check", policy)).output == ""


async def test_a_stale_lock_shows_what_changed(tmp_path: Path, edited: Path) -> None:
    shutil.copy(ROOT / "permissions.lock", tmp_path)
    before = (tmp_path / "permissions.lock").read_bytes()
    result = await usher("policy", "lock", "--check", edited)
    assert result.exit_code == 1
    changed = {tuple(line.split()) for line in result.stdout.splitlines()}
    assert ("-groups:read", "person", "user", "deny") in changed
    assert ("+groups:read", "person", "user", "allow") in changed
    assert "then run: usher policy lock" in result.stderr
    assert (tmp_path / "permissions.lock").read_bytes() == before


async def test_a_refused_policy_is_not_locked(tmp_path: Path) -> None:
    path = tmp_path / "policy.polar"
    path.write_text(POLICY + 'allow(_: Person, "teams:read", _: Team) if 1 = 2;', encoding="utf-8")
    assert "Without this rule" in error_output(await usher("policy", "lock", path))
    assert not (tmp_path / "permissions.lock").exists()
