"""The memory of a policy is limited by its table, however many questions it answers."""

import gc
import tracemalloc
import weakref

from domain import subjects
from domain.actions import Action, Scope
from domain.roles import Role
from policies import facts
from policies.engine import table
from policies.engine.gates import check_policy
from policies.engine.oso_engine import OsoEngine
from policies.engine.policy import Policy


def test_repeated_decisions_need_no_more_memory(policy_text: str) -> None:
    policy = Policy(policy_text)
    table.table(policy)
    ask(policy, 0)
    tracemalloc.start()
    try:
        ask(policy, 1)
        before = tracemalloc.get_traced_memory()[0]
        for turn in range(2, 20):
            ask(policy, turn)
        assert tracemalloc.get_traced_memory()[0] - before < 20_000
    finally:
        tracemalloc.stop()


def test_every_cached_decision_is_a_cell_of_the_table(policy_text: str) -> None:
    policy = Policy(policy_text)
    for turn in range(3):
        ask(policy, turn)
    cells = {
        (cell.action, subject, cell.target)
        for cell in table.cells(policy)
        for subject in facts.subjects_of(cell.subject, cell.action)
    }
    assert set(policy._decisions) <= cells
    assert set(policy._explanations) <= cells


def ask(policy: Policy, turn: int) -> None:
    """Ask about 2,000 questions for new people and new tokens with different scopes, about new teams."""
    scopes = list(Scope)
    for number in range(100):
        role = (None, *Role)[number % 4]
        team_id, user_id = f"team_{turn}_{number}", f"user_{turn}_{number}"
        some = frozenset({scopes[number % 9], scopes[number // 9 % 9], scopes[turn % 9]})
        for actor in (
            subjects.Person(user_id, f"session_{turn}", {team_id: role} if role else {}),
            subjects.Partner(f"token_{turn}", team_id, some, user_id, role),
        ):
            for holder in (user_id, None):
                seat = facts.seat(actor, team_id, holder)
                policy.decide(actor, Action.SEATS_ASSIGN, seat)
                policy.abilities(actor, seat)
                policy.reach(actor, Action.SEATS_READ)


def test_the_memory_of_a_policy_is_freed_with_it(policy_text: str) -> None:
    """Oso's memory is native, so the garbage collector does not see its size and would free it late."""
    gc.disable()
    try:
        engine = OsoEngine(policy_text, "policy.polar")
        assert engine.allows(facts.PERSON, "teams:read", facts.Team(Role.USER))
        host = weakref.ref(engine._oso.host)
        assert host() is not None
        del engine
        assert host() is None
    finally:
        gc.enable()


def test_a_checked_policy_keeps_few_engines(policy_text: str) -> None:
    """The gates make more than a hundred engines, and each takes 0.4 MiB of every process that keeps it."""
    policy = Policy(policy_text)
    before = engines()
    check_policy(policy)
    assert engines() - before <= 4, "the rules of one action at most"


def engines() -> int:
    """Return how many engines there are in this process."""
    gc.collect()
    return sum(isinstance(one, OsoEngine) for one in gc.get_objects())
