"""The limits of contracts."""

MAX_TEAMS = 100
"""The most teams that one contract serves."""
