"""The limits of subscriptions."""

MAX_SEATS = 100_000
"""The most seats of one subscription. One statement inserts them all."""
