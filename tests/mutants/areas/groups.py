"""The mutants of the area groups, and of the products that they give."""

from tests.mutants.mutant import Mutant

GIVEN_PRODUCTS, GIVEN_PRODUCTS_TEST = "db/groups/given_products.py", "tests/db/groups/test_given_products.py"
GROUPS, GROUPS_TEST = "db/groups/groups.py", "tests/db/groups/test_groups.py"
GIVING, GIVING_TEST = "resolvers/groups/seat_giving.py", "tests/resolvers/groups/test_seat_giving.py"

BY_PRODUCT = (f"{GIVEN_PRODUCTS_TEST}::test_given_products_are_returned_in_the_order_of_their_ids",)

MUTANTS = (
    Mutant(
        "several transactions change given products at the same time",
        GIVEN_PRODUCTS,
        "pg_advisory_xact_lock(",
        "pg_advisory_xact_lock_shared(",
        (f"{GIVEN_PRODUCTS_TEST}::test_one_transaction_at_a_time_changes_given_products",),
    ),
    Mutant(
        "only one team at a time can change its given products",
        GIVEN_PRODUCTS,
        "hashtextextended(:team_id, 2736450918)",
        "hashtextextended(left(:team_id, 5), 2736450918)",
        (f"{GIVEN_PRODUCTS_TEST}::test_another_team_can_change_its_given_products_meanwhile",),
    ),
    Mutant(
        "people without a seat are returned in the reverse order of the list",
        GIVEN_PRODUCTS,
        "order by p.place\n",
        "order by p.place desc\n",
        (f"{GIVEN_PRODUCTS_TEST}::test_people_without_a_seat_are_returned_in_the_order_of_the_list",),
    ),
    Mutant(
        "products of a group are returned in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(GroupProduct.product_id)",
        ".order_by(GroupProduct.product_id.desc())",
        BY_PRODUCT,
    ),
    Mutant(
        "products of a team are returned in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(DefaultProduct.product_id)",
        ".order_by(DefaultProduct.product_id.desc())",
        BY_PRODUCT,
        occurrence=1,
    ),
    Mutant(
        "active members are returned in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(Membership.user_id)",
        ".order_by(Membership.user_id.desc())",
        (f"{GIVEN_PRODUCTS_TEST}::test_active_members_are_returned_in_the_order_of_their_ids",),
    ),
    Mutant(
        "default products are given in the reverse order of their ids",
        GIVEN_PRODUCTS,
        ".order_by(DefaultProduct.product_id)",
        ".order_by(DefaultProduct.product_id.desc())",
        (f"{GIVEN_PRODUCTS_TEST}::test_defaults_are_given_in_the_order_of_their_ids",),
        occurrence=2,
    ),
    Mutant(
        "products of several groups are given in the order of the groups",
        GIVING,
        "due = sorted(product for product in given if product.user_ids)",
        "due = [product for product in given if product.user_ids]",
        (f"{GIVING_TEST}::test_products_of_several_groups_are_given_in_the_order_of_their_ids",),
    ),
    Mutant(
        "members of a group are returned in the reverse order of their ids",
        GROUPS,
        ".order_by(GroupMember.user_id)",
        ".order_by(GroupMember.user_id.desc())",
        (f"{GROUPS_TEST}::test_members_of_a_group_are_returned_in_the_order_of_their_ids",),
    ),
)
