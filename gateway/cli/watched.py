"""What the commands say that keep running beside an embedded PostgreSQL."""

from db.embedded.watch import GIVEN_UP_EXIT_CODE, TRIES

WATCHED = (
    "If the embedded PostgreSQL ends, Usher starts it again. "
    f"After {TRIES} failed tries in a row it exits with code {GIVEN_UP_EXIT_CODE}."
)
