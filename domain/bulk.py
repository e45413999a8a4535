"""The words of mutations on many people."""

from domain.described import Described


class BulkMode(Described):
    """What is done with a list of people if it cannot be done for all of them."""

    ALL_OR_NOTHING = "all_or_nothing", "Nothing is done unless it can be done for everybody."
    BEST_EFFORT = (
        "best_effort",
        "It is done for those people for whom it can be done; `errors` name the others by their row.",
    )
    WAITLIST = (
        "waitlist",
        "Only where seats are given. Like BEST_EFFORT, but if no seat is left, the person joins the waiting list.",
    )
