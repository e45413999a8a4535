"""A list and a check never disagree: a reach contains exactly the rows that a check allows, for random actors."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain import subjects
from domain.actions import Action, Scope
from domain.reach import NOWHERE, Reach
from domain.roles import Role
from policies import facts
from policies.engine.policy import Policy

TEAMS = st.sampled_from(["team_a", "team_b", "team_c", "team_d"])
PEOPLE = st.sampled_from(["user_ada", "user_bob"])
ROLES = st.sampled_from(Role)
ACTORS = st.one_of(
    st.builds(subjects.Anonymous),
    st.builds(
        subjects.Person,
        PEOPLE,
        st.just("session_1"),
        st.dictionaries(TEAMS, ROLES),
        st.frozensets(TEAMS),
        st.booleans(),
        st.frozensets(TEAMS),
        st.booleans(),
    ),
    st.builds(
        subjects.Partner,
        st.just("token_1"),
        TEAMS,
        st.frozensets(st.sampled_from(Scope)),
        PEOPLE,
        st.none() | ROLES,
        st.frozensets(TEAMS),
        st.booleans(),
    ),
)
# Giving a seat depends on the team's setting, and nobody may change their own role. A reach can express neither, so it
# contains fewer rows than a check allows.
NARROWER = (Action.SEATS_ASSIGN, Action.SEATS_REASSIGN, Action.MEMBERS_CHANGE_ROLE)
ROWS = st.lists(st.tuples(TEAMS, st.none() | PEOPLE), min_size=1)


@given(actor=ACTORS, rows=ROWS)
def test_a_reach_contains_exactly_the_rows_that_a_check_allows(
    policy: Policy, actor: subjects.Actor, rows: list[tuple[str, str | None]]
) -> None:
    for action, kind in policy.kinds.items():
        if not issubclass(kind, facts.InTeam) or action in NARROWER:
            continue
        reach = policy.reach(actor, action)
        for team_id, owner_id in rows:
            target = _target(kind, actor, team_id, owner_id)
            reached = _contains(reach, team_id, owner_id if isinstance(target, facts.Member | facts.Seat) else None)
            allowed = policy.decide(actor, action, target).allowed
            assert reached is allowed


@pytest.mark.parametrize("action", NARROWER)
@given(actor=ACTORS, team_id=TEAMS)
def test_a_narrower_reach_contains_exactly_the_rows_that_a_check_allows_whatever_the_setting(
    policy: Policy, action: Action, actor: subjects.Actor, team_id: str
) -> None:
    reach, me = policy.reach(actor, action), facts.acts_for(actor)

    def always(owner_id: str | None) -> bool:
        settings = (
            [actor]
            if isinstance(actor, subjects.Anonymous | subjects.System)
            else [replace(actor, separated=frozenset(teams)) for teams in ([], [team_id])]
        )
        targets = [(one, _target(policy.kinds[action], one, team_id, owner_id)) for one in settings]
        return all(policy.decide(one, action, target).allowed for one, target in targets)

    own = me is None or always(me)
    assert _contains(reach, team_id, "user_eve") is (always("user_eve") and own)
    assert me is None or _contains(reach, team_id, me) is own


def test_a_narrower_reach_of_a_person_is_empty_although_a_check_allows_rows(policy: Policy) -> None:
    manager = subjects.Person("user_ada", "session_1", {"team_a": Role.CONTRACT_MANAGER}, frozenset({"team_a"}))
    for action in NARROWER:
        target = _target(policy.kinds[action], manager, "team_a", "user_bob")
        assert policy.decide(manager, action, target).allowed
        assert policy.reach(manager, action) == NOWHERE


def _contains(reach: Reach, team_id: str, owner_id: str | None) -> bool:
    """Whether the statements in `db` would return the row. A row without an owner is nobody's own."""
    own = owner_id is not None and owner_id == reach.me
    return team_id in reach.teams or (team_id in reach.own_teams and own)


def _target(kind: type[facts.Target], actor: subjects.Actor, team_id: str, owner_id: str | None) -> facts.Target:
    if kind is facts.Seat:
        return facts.seat(actor, team_id, owner_id)
    if kind is facts.Member:
        return facts.member(actor, team_id, owner_id or "user_eve")
    if kind is facts.Subscription:
        return facts.subscription(actor, team_id)
    return facts.team(actor, team_id) if kind is facts.Team else facts.token(actor, team_id)
