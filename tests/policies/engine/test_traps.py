"""Oso's fail-open traps, shown on bare Oso, each beside what keeps the policy out of it.

The first half of each test is Oso's own behaviour: it fails when a new Oso mends it, and then the guard may go.
"""

import pytest
from oso import Oso
from polar.exceptions import PolarRuntimeError, ValidationError

from domain.actions import Action
from policies import facts
from policies.engine.gates import checked
from policies.engine.oso_engine import Oracle
from policies.engine.policy import Policy
from policies.refusal import PolicyRefused


class Loose:
    """A target like any Python object: an unknown attribute is an AttributeError."""

    def mine(self, who: str) -> bool:
        return who == "me"


def bare(rules: str) -> Oso:
    oso = Oso()
    oso.register_class(Loose)  # type: ignore[no-untyped-call]
    oso.load_str(rules)
    return oso


def test_not_over_a_missing_attribute_allows_a_loose_object(text: str) -> None:
    rule = "allow(_, _, target: %s) if not target.blocked;"
    assert bare(rule % "Loose").is_allowed("anybody", "seats:read", Loose())

    with pytest.raises(facts.UnknownFact, match="Seat has no fact 'blocked'; it has: role, own, separation_of_duties"):
        Oracle(rule % "Seat", "policy.polar").allows(facts.PERSON, "seats:read", facts.Seat(None, False, True))
    with pytest.raises(PolicyRefused, match=r"policy\.polar:\d+: It uses not"):
        Policy(text + rule % "Seat")


def test_a_missing_attribute_beats_a_rule_that_would_allow(text: str) -> None:
    """Whether it raises or allows depends on the order of the rules; here it is found before anybody asks."""
    with pytest.raises(PolarRuntimeError):
        bare("allow(_, _, x: Loose) if x.blocked = false; allow(_, _, _: Loose);").is_allowed("me", "do", Loose())

    line = text.count("\n") + 1
    rule = 'has_permission(_: Person, "seats:read", seat: Seat) if seat.blocked = false;'
    with pytest.raises(PolicyRefused, match=rf"policy\.polar:{line}: Seat has no fact 'blocked'"):
        checked(Policy(text + rule))


def test_an_unregistered_object_is_silently_denied(policy: Policy) -> None:
    assert not bare("allow(_, _, _: Loose);").is_allowed("me", "do", object())

    with pytest.raises(TypeError, match="not on a object"):
        policy.judge(facts.PERSON, Action.SEATS_READ, object())  # type: ignore[arg-type]


def test_a_word_nobody_knows_outside_a_block_is_accepted(text: str) -> None:
    rule = 'has_permission(_: Person, "seats:raed", seat: Seat) if has_role(seat, "boss", seat);'
    bare('allow(_, "seats:raed", target: Loose) if has_role(target, "boss", target); has_role(_, "bos", _);')

    with pytest.raises(PolicyRefused) as caught:
        Policy(text + rule)
    assert [finding.what for finding in caught.value.findings] == [
        "Unknown action 'seats:raed'",
        "Unknown role 'boss'",
    ]


def test_an_unknown_type_is_only_a_printed_warning(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    bare("allow(_, _, target) if target matches Sead;")
    assert "Unknown specializer Sead" in capsys.readouterr().out

    with pytest.raises(PolicyRefused, match="Unknown specializer Sead"):
        Policy(text + "is_seat(target) if target matches Sead;")
    assert capsys.readouterr().out == ""


def test_a_method_of_the_object_runs_inside_a_decision(text: str) -> None:
    assert bare('allow(_, _, target: Loose) if target.mine("me");').is_allowed("me", "do", Loose())

    rule = 'has_permission(_: Person, "seats:read", seat: Seat) if seat.mine("me");'
    with pytest.raises(PolicyRefused, match="It calls the method 'mine'"):
        Policy(text + rule)


def test_a_failed_reload_leaves_oso_empty() -> None:
    oso = bare("allow(_, _, _: Loose);")
    assert oso.is_allowed("me", "do", Loose())
    oso.clear_rules()
    with pytest.raises(ValidationError):
        oso.load_str("allow(_, _, x) if y;")
    with pytest.raises(PolarRuntimeError, match="undefined rule `allow`"):
        oso.is_allowed("me", "do", Loose())
