from policies.engine.policy import Policy
from policies.engine.table import table
from policies.review.matrix import grids, markdown


def rows(policy: Policy) -> dict[str, list[str]]:
    lines = [
        line.strip("| ").split(" | ") for line in markdown(policy, table(policy)).splitlines() if line[:3] == "| `"
    ]
    return {line[0].strip("`"): line[1:] for line in lines}


def test_each_action_has_one_row(policy: Policy) -> None:
    assert set(rows(policy)) == {action.value for action in policy.kinds}


def test_rows_show_who_may_do_the_action(policy: Policy) -> None:
    found = rows(policy)
    assert found["sessions:create"] == ["yes", "yes", "no", "no"]
    assert found["companies:create"] == ["no", "no", "yes", "no", "yes"]
    assert found["teams:read"] == [
        "team", "no", "no", "yes", "yes", "yes", "yes", "as its grantor, without a scope", "no"
    ]  # fmt: skip
    assert found["tokens:revoke"] == ["token", "no", "no", "no", "yes", "yes", "no", "no", "no"]
    assert found["seats:read"] == [
        "seat", "no", "no", "own", "yes", "yes", "own", "as its grantor, with the scope `seats:read`", "no"
    ]  # fmt: skip
    exception = "yes, except own = true and separation_of_duties = true"
    assert found["seats:assign"][2:7] == ["no", "no", exception, exception, "no"]


def test_a_token_that_differs_from_its_grantor_is_marked(policy_text: str) -> None:
    odd = Policy(policy_text + 'allow(_: Partner, "tokens:read", token: Token) if token.role = "user";')
    assert rows(odd)["tokens:read"][-2] == "differs from its grantor: see `permissions.lock`"


def test_the_table_of_tokens_has_a_column_for_each_role_of_the_grantor(policy: Policy, policy_text: str) -> None:
    def cells(policy: Policy) -> list[str]:
        tokens = grids(policy, table(policy))[-1]
        roles = ("No role", "User", "Software coordinator", "Contract manager", "No second factor")
        assert tokens.head == ("Action", *roles)
        return next(row[1:] for row in tokens.rows if row[0] == "seats:read")

    assert cells(policy) == ["no", "own, scope", "scope", "scope", "own, scope"]
    own = 'allow(_: Partner, "seats:read", seat: Seat) if seat.own = true and seat.role = "software_coordinator";'
    assert cells(Policy(f"{policy_text}\n{own}")) == ["no", "own, scope", "see permissions.lock", "scope", "own, scope"]


def test_the_column_without_a_second_factor_shows_if_coordinators_and_managers_differ(policy_text: str) -> None:
    odd = Policy(f'{policy_text}\nallow(_: Person, "pools:read", team: Team) if team.role = "unproven_manager";')
    assert rows(odd)["pools:read"][6] == "see `permissions.lock`"
    assert rows(odd)["groups:read"][6] == "no"
