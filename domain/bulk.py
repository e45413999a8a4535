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


class ImportMode(Described):
    """What an import does with people who are in the team already, and if the change is not possible for all rows."""

    ALL_OR_NOTHING = "all_or_nothing", "Invite people. Change nothing unless every row can be imported."
    BEST_EFFORT = "best_effort", "Invite people, each if it is possible. `problems` reports the others by their line."
    WAITLIST = (
        "waitlist",
        "Like BEST_EFFORT, but if no seat is left, the person joins the waiting list.",
    )
    UPSERT = (
        "upsert",
        "Like ALL_OR_NOTHING, and update people who are in the team: their names, roles and groups.",
    )
    UPSERT_BEST_EFFORT = "upsert_best_effort", "Like BEST_EFFORT, and update people who are in the team."
    UPSERT_WAITLIST = "upsert_waitlist", "Like WAITLIST, and update people who are in the team."

    @property
    def updates(self) -> bool:
        """Whether people who are in the team already are updated."""
        return self in {ImportMode.UPSERT, ImportMode.UPSERT_BEST_EFFORT, ImportMode.UPSERT_WAITLIST}

    @property
    def bulk(self) -> BulkMode:
        """What happens if the change is not possible for all rows."""
        return BulkMode.ALL_OR_NOTHING if self is ImportMode.UPSERT else BulkMode[self.name.removeprefix("UPSERT_")]
