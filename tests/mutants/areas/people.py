"""The mutants of the area people."""

from tests.mutants.mutant import Mutant

MEMBERS, MEMBERS_TEST = "db/people/members.py", "tests/db/people/test_members.py"
MEMBER_LISTS = "db/people/member_lists.py"
TEAM_SETTINGS, TEAM_SETTINGS_TEST = "db/people/team_settings.py", "tests/db/people/test_team_settings.py"

LOCKED_MEMBERS = (f"{MEMBERS_TEST}::test_memberships_are_locked_in_the_order_of_user_ids",)
MANAGERS = (f"{MEMBERS_TEST}::test_two_contract_managers_cannot_remove_each_other",)

MUTANTS = (
    Mutant(
        "the team is not locked while a manager is removed",
        MEMBERS,
        'Team.id == bindparam("team_id")).with_for_update(key_share=True)',
        'Team.id == bindparam("team_id"))',
        MANAGERS,
    ),
    Mutant(
        "nothing can refer to a team while a manager is removed",
        MEMBERS,
        'Team.id == bindparam("team_id")).with_for_update(key_share=True)',
        'Team.id == bindparam("team_id")).with_for_update()',
        (f"{MEMBERS_TEST}::test_a_group_can_be_created_while_a_contract_manager_is_removed",),
    ),
    Mutant(
        "memberships are locked in the reverse order of their ids",
        MEMBERS,
        ".order_by(Membership.user_id)",
        ".order_by(Membership.user_id.desc())",
        LOCKED_MEMBERS,
    ),
    Mutant(
        "memberships are not locked",
        MEMBERS,
        "        .with_for_update(key_share=True)\n",
        "",
        LOCKED_MEMBERS,
    ),
    Mutant(
        "nothing can refer to a membership that is locked",
        MEMBERS,
        "        .with_for_update(key_share=True)\n",
        "        .with_for_update()\n",
        (f"{MEMBERS_TEST}::test_a_locked_member_can_still_join_a_group",),
    ),
    Mutant(
        "the people that a filter finds come in the order of joining",
        MEMBER_LISTS,
        ".order_by(*BY_NAME)",
        ".order_by(BY_NAME[-1])",
        ("tests/resolvers/core/test_found_people.py::test_errors_name_the_people_that_a_filter_found",),
    ),
    Mutant(
        "two changes of a profile do not wait for each other",
        "db/people/profiles.py",
        ".with_for_update(key_share=True)",
        "",
        ("tests/db/people/test_profiles.py::test_two_changes_of_a_profile_wait_for_each_other",),
    ),
    Mutant(
        "two changes of the settings of a team do not wait for each other",
        TEAM_SETTINGS,
        ".with_for_update(key_share=True)",
        "",
        (f"{TEAM_SETTINGS_TEST}::test_the_second_change_waits_and_sees_the_first",),
    ),
)
