"""The notices about contracts: what contract managers are told by mail, how, and when."""

from domain.described import DescribedText

STAGES = ("90", "30", "7")
"""A notice comes this number of days before the last day of a subscription."""
ENDED, LAST_CHANCE = "ended", "last_chance"
"""The stages after the last day: the day after it, and shortly before holders lose their seats."""
LATE_DAYS = 10
"""That a subscription has ended is told at most this number of days later."""
LAST_CHANCE_DAYS = 7
"""The last notice comes this number of days before the last day on which holders keep their seats."""
REMINDER_DAYS = 14
"""The shortest time between two notices about one unpaid invoice."""
MAX_SUBJECT, MAX_TEXT = 200, 10_000
"""The most characters of the subject and of the text of an announcement."""


class NoticeKind(DescribedText):
    """What a notice is about.

    The `data` of a notice names no person. By its kind, it has `orderId`; or `subscriptionId` and `term`, and for
    RENEWAL and EXPIRY the `stage`: one of `STAGES`, `ENDED` or `LAST_CHANCE`; or `invoiceId` and `daysOverdue`;
    or `invoiceId` and `paymentId`; or `productId`; or `announcementId`.
    """

    ORDER_CONFIRMATION = "order_confirmation", "An order was placed."
    RENEWAL = "renewal", "A subscription renews itself in 90, 30 or 7 days."
    AUTO_RENEW_CHANGED = "auto_renew_changed", "The automatic renewal of a subscription was switched on or off."
    EXPIRY = "expiry", "A subscription ends in 90, 30 or 7 days, has ended, or its holders lose their seats in a week."
    ANNOUNCEMENT = "announcement", "The vendor's staff wrote to the contract managers."
    PAYMENT_OVERDUE = "payment_overdue", "An invoice was not paid in time. Told again after 14 days at the earliest."
    PAYMENT_FAILED = "payment_failed", "A payment came back, so that its amount is owed again."
    LAST_SEATS = "last_seats", "A pool has fewer free seats than the team has set. Told again only after it had enough."

    @property
    def required(self) -> bool:
        """Whether the contact person of a contract cannot switch it off."""
        return self not in (NoticeKind.AUTO_RENEW_CHANGED, NoticeKind.ANNOUNCEMENT, NoticeKind.LAST_SEATS)


class Delivery(DescribedText):
    """How a person gets the notices of one kind."""

    AT_ONCE = "at_once", "In a mail of its own, at once."
    DIGEST = "digest", "In one mail a day, together with others."
    OFF = "off", "Not at all."
