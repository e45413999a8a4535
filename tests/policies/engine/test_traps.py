"""The cases in which Oso fails open. Each test shows the trap in plain Oso, and that Usher refuses it.

The first half of each test is the behaviour of Oso itself. If it fails, a new Oso has corrected the trap, and the guard
in Usher can be removed.
"""

import pytest
from oso import Oso
from polar.exceptions import PolarRuntimeError, ValidationError

from domain.actions import Action
from policies import facts
from policies.engine.gates import check_policy
from policies.engine.oso_engine import OsoEngine
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused


class PlainTarget:
    """A target that is a plain Python object: an unknown attribute raises AttributeError."""

    def mine(self, who: str) -> bool:
        return who == "me"


def bare(rules: str) -> Oso:
    oso = Oso()
    oso.register_class(PlainTarget)  # type: ignore[no-untyped-call]
    oso.load_str(rules)
    return oso


def test_not_on_a_missing_attribute_allows_in_oso_and_is_refused_here(policy_text: str) -> None:
    rule = "allow(_, _, target: %s) if not target.blocked;"
    assert bare(rule % "PlainTarget").is_allowed("anybody", "seats:read", PlainTarget())

    with pytest.raises(facts.UnknownFact, match="Seat has no fact 'blocked'; it has: role, own, separation_of_duties"):
        OsoEngine(rule % "Seat", "policy.polar").allows(facts.PERSON, "seats:read", facts.Seat(None, False, True))
    with pytest.raises(PolicyRefused, match=r"policy\.polar:\d+: It uses not"):
        Policy(policy_text + rule % "Seat")


def test_a_missing_attribute_raises_in_oso_and_is_found_at_load_here(policy_text: str) -> None:
    """In Oso, the order of the rules decides if it raises or allows. Here it is found before the first decision."""
    with pytest.raises(PolarRuntimeError):
        rules = "allow(_, _, x: PlainTarget) if x.blocked = false; allow(_, _, _: PlainTarget);"
        bare(rules).is_allowed("me", "do", PlainTarget())

    line = policy_text.count("\n") + 1
    rule = 'has_permission(_: Person, "seats:read", seat: Seat) if seat.blocked = false;'
    with pytest.raises(PolicyRefused, match=rf"policy\.polar:{line}: Seat has no fact 'blocked'"):
        check_policy(Policy(policy_text + rule))


def test_an_unregistered_object_is_denied_in_oso_and_raises_here(policy: Policy) -> None:
    assert not bare("allow(_, _, _: PlainTarget);").is_allowed("me", "do", object())

    with pytest.raises(TypeError, match="not on a object"):
        policy.judge(facts.PERSON, Action.SEATS_READ, object())  # type: ignore[arg-type]


def test_an_unknown_word_outside_a_block_is_accepted_by_oso_and_refused_here(policy_text: str) -> None:
    rule = 'has_permission(_: Person, "seats:raed", seat: Seat) if has_role(seat, "boss", seat);'
    bare('allow(_, "seats:raed", target: PlainTarget) if has_role(target, "boss", target); has_role(_, "bos", _);')

    with pytest.raises(PolicyRefused) as caught:
        Policy(policy_text + rule)
    assert [finding.problem for finding in caught.value.findings] == [
        "Unknown action 'seats:raed'",
        "Unknown role 'boss'",
    ]


def test_an_unknown_type_is_a_warning_in_oso_and_refused_here(
    policy_text: str, capsys: pytest.CaptureFixture[str]
) -> None:
    bare("allow(_, _, target) if target matches Sead;")
    assert "Unknown specializer Sead" in capsys.readouterr().out

    with pytest.raises(PolicyRefused, match="Unknown specializer Sead"):
        Policy(policy_text + "is_seat(target) if target matches Sead;")
    assert capsys.readouterr().out == ""


def test_a_method_call_runs_in_oso_and_is_refused_here(policy_text: str) -> None:
    assert bare('allow(_, _, target: PlainTarget) if target.mine("me");').is_allowed("me", "do", PlainTarget())

    rule = 'has_permission(_: Person, "seats:read", seat: Seat) if seat.mine("me");'
    with pytest.raises(PolicyRefused, match="It calls the method 'mine'"):
        Policy(policy_text + rule)


def test_a_failed_reload_leaves_oso_without_rules() -> None:
    oso = bare("allow(_, _, _: PlainTarget);")
    assert oso.is_allowed("me", "do", PlainTarget())
    oso.clear_rules()
    with pytest.raises(ValidationError):
        oso.load_str("allow(_, _, x) if y;")
    with pytest.raises(PolarRuntimeError, match="undefined rule `allow`"):
        oso.is_allowed("me", "do", PlainTarget())
