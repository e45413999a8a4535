"""A policy with a mistake is refused. The finding names the line and says how to correct it."""

import re

import pytest

from policies.engine.gates import check_policy
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused

pytestmark = pytest.mark.slow

EDITS = {
    "a syntax error": (r"allow\(person: Person", "alow person: Person", "did not expect to find the token"),
    "an unfinished file": (r"\Z", "allow(", "hit the end of the file"),
    "an unknown role in a block": ('"pools:read" if "software_coordinator"', '"pools:read" if "boss"', '"boss"'),
    "an unknown role": (r'roles = \["software_coordinator"\]', 'roles = ["software_coordinator", "x"]', "role 'x'"),
    "an unknown action": ('"pools:read", "groups', '"pols:read", "groups', '"pools:read"'),
    "an action nobody knows": (r'"tokens:revoke"\]', '"tokens:revoke", "tokens:copy"]', "Unknown action 'tokens:copy'"),
    "an unknown type": (r"_: Anonymous, \"accounts", '_: Anonimous, "accounts', "Anonimous"),
    "a block of an unknown type": (r"resource Token \{", "resource Tokens {", "Unregistered class: Tokens"),
    "permissions of no target": ("resource InTeam {", 'resource InTeam { permissions = ["teams:read"];',
                                 "'InTeam' is not a kind of target"),
    "an action declared twice": (r'"tokens:revoke"\]', '"tokens:revoke", "teams:read"]',
                                 "'teams:read' is declared 2 times"),
    "an action not declared": (r', "tokens:create"', "", "tokens:create"),
    "a permission without a rule": ('    "tokens:revoke" if "software_coordinator";\n', "",
                                    "No rule gives 'tokens:revoke' of Token"),
    "not": (r"seat\.separation_of_duties = false", "not seat.separation_of_duties", "It uses not"),
    "cut": (r"action in partner\.scopes", "cut and action in partner.scopes", "It uses cut"),
    "forall": (r"action in partner\.scopes", "forall(s in partner.scopes, s = action)", "It uses forall"),
    "debug": (r"action in partner\.scopes", "debug() and action in partner.scopes", "It uses debug"),
    "print": (r"action in partner\.scopes", "print(action) and action in partner.scopes", "It uses print"),
    "new": (r"action in partner\.scopes", "new Person() = partner", "It uses new"),
    "a method": (r"action in partner\.scopes", "partner.scopes.count(action) = 1", "It calls the method 'count'"),
    "an inline query": (r"\Z", "?= allow(_, _, _);", "It has an inline query"),
    "a call of an undefined rule": (r"action in partner\.scopes", "scoped(action, partner)", "undefined rule"),
    "a type of parameter Oso rejects": (r"_: Partner, \"nodes:read\"", '_: Team, "nodes:read"', "Invalid rule"),
    "an unknown fact": (r"seat\.separation_of_duties", "seat.separated", "Seat has no fact 'separated'"),
    "an attribute of a fact": (r"seat\.separation_of_duties", "seat.role.rank", "object has no attribute 'rank'"),
    "a comparison that fails": (r"seat\.separation_of_duties = false", 'seat.role > "user"', "It compares with >"),
    "a rule that can never apply": (
        r"\Z", 'has_permission(_: Person, "seats:read", s: Seat) if s.own = true and s.own = false;',
        "Without this rule every decision stays the same"),
    "a rule that another includes": (
        r"\Z", 'has_permission(s: Person, "seats:read", t: Seat) if t.own = true and has_role(s, "user", t);',
        "Without this rule every decision stays the same"),
    "a helper that decides nothing": (r"\Z", 'quiet(x) if x = 1;', "'quiet(x) if x = 1;'"),
    "a right without a role": (
        r"\Z", 'has_permission(_: Person, "seats:read", seat: Seat) if seat.own = true;',
        "Somebody without a role in a team may do seats:read there"),
    "a right in the business without its role": (
        r"\Z", 'has_permission(_: Person, "products:add", b: Business) if b.staff = false;',
        "Somebody without a role may do products:add there"),
    "the vendor's role in a team": (
        r"\Z", 'has_permission(s: Person, "seats:read", seat: Seat) if has_role(s, "vendor", seat);',
        "Unknown role 'vendor'"),
    "the vendor's role in a block of a team": (
        r'roles = \["user", "software_coordinator", "contract_manager"\];',
        'roles = ["user", "software_coordinator", "contract_manager", "vendor"];',
        "Unknown role 'vendor'"),
    "a team's role in the business": (
        r"\Z", 'has_permission(s: Person, "products:add", b: Business) if has_role(s, "user", b);',
        "Unknown role 'user'"),
}  # fmt: skip


@pytest.mark.parametrize("mistake", EDITS)
def test_a_mistake_is_refused_with_its_line(policy_text: str, mistake: str) -> None:
    pattern, replacement, expected = EDITS[mistake]
    edited, found = re.subn(pattern, lambda _: replacement, policy_text, count=1)
    assert found == 1
    with pytest.raises(PolicyRefused) as caught:
        check_policy(Policy(edited))
    message = str(caught.value)
    assert expected in message
    assert "http" not in message
    assert "\t" not in message
    place = re.compile(r"policy\.polar(:[1-9]\d*)?: \S.*\. \S.*\.", re.DOTALL)
    assert all(place.fullmatch(finding.at("policy.polar")) for finding in caught.value.findings)
    if mistake != "an action not declared":
        assert caught.value.findings[-1].line > 0


@pytest.mark.parametrize("content", ["", "  \n", "# nothing but a comment\n"])
def test_an_empty_file_is_refused(content: str) -> None:
    with pytest.raises(PolicyRefused, match=r"policy\.polar: The file is empty"):
        Policy(content)


def test_a_file_without_allow_is_refused() -> None:
    with pytest.raises(PolicyRefused, match="does not contain an allow rule"):
        Policy("actor Person {}")


def test_all_findings_are_reported_at_once(policy_text: str) -> None:
    with pytest.raises(PolicyRefused) as caught:
        Policy(policy_text + "a(x) if not x;\nb(x) if x.y() and cut;\n")
    lines = policy_text.count("\n")
    assert [finding.line - lines for finding in caught.value.findings] == [1, 2, 2]


def test_forbidden_words_in_comments_are_allowed(policy_text: str) -> None:
    assert Policy("# not cut debug x.y()\n" + policy_text)


def test_the_shipped_policy_passes_every_gate(policy: Policy) -> None:
    check_policy(policy)


def test_a_policy_that_allows_everything_is_refused_for_that_alone(policy_text: str) -> None:
    """Beside such a rule, all others have no effect. To find that out for each takes a minute, and helps nobody."""
    with pytest.raises(PolicyRefused) as caught:
        check_policy(Policy(policy_text + "allow(_, _, _);\n"))
    assert all(finding.problem.startswith("Somebody without a role") for finding in caught.value.findings)
