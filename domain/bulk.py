"""The modes of mutations that change many people at once."""

from domain.described import Described


class BulkMode(Described):
    """What a mutation does with a list of people if the change is not possible for all of them."""

    ALL_OR_NOTHING = "all_or_nothing", "Change nothing unless the change is possible for everybody."
    BEST_EFFORT = (
        "best_effort",
        "Change each person if it is possible. `errors` reports the others by their row.",
    )
    WAITLIST = (
        "waitlist",
        "Only if seats are given. Like BEST_EFFORT, but if no seat is left, the person joins the waiting list.",
    )
