"""The texts of the mails about contracts, in each language. `gateway.mail.texts` has those of the other mails.

The names in braces are filled in. A name in them that a user wrote must have been made harmless (`without_links`).
"""

from dataclasses import dataclass
from typing import NamedTuple

from domain.languages import Language
from domain.notices import ENDED, LAST_CHANCE, STAGES, NoticeKind


class EventTexts(NamedTuple):
    """The subject of a notice, and what it says."""

    subject: str
    text: str


EventName = tuple[NoticeKind, str | None]
"""A kind of notice, and the part of it that has a text of its own."""
ON, OFF = "on", "off"


@dataclass(frozen=True)
class ContractTexts:
    """The texts of all mails about contracts in one language.

    `points` are the characters before the minor units of an amount, and between its thousands.
    """

    greeting: str
    more: str
    footer: str
    digest_subject: str
    digest: str
    line: str
    order_tax: str
    order_total: str
    points: tuple[str, str]
    events: dict[EventName, EventTexts]

    def amount(self, minor: int, currency: str) -> str:
        """Return an amount of money as people write it. `minor` is in minor units."""
        digits = MINOR_DIGITS.get(currency, 2)
        whole, part = divmod(abs(minor), 10**digits)
        point, thousands = self.points
        fraction = f"{point}{part:0{digits}}" if digits else ""
        return f"{'-' if minor < 0 else ''}{whole:,}".replace(",", thousands) + f"{fraction} {currency}"


# ISO 4217; all other currencies have two.
MINOR_DIGITS = {
    **dict.fromkeys(("BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "VND"), 0),
    **dict.fromkeys(("VUV", "XAF", "XOF", "XPF"), 0),
    **dict.fromkeys(("BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND"), 3),
    **dict.fromkeys(("CLF", "UYW"), 4),
}


def _each_stage(texts: EventTexts) -> dict[EventName, EventTexts]:
    return {(NoticeKind.EXPIRY, stage): texts for stage in STAGES}


EN = ContractTexts(
    greeting="Hello {name},",
    more="All about the contract: {link}",
    footer="You get this mail from {address} because you are a contract manager. You can choose which of these mails "
    "you get, and how.",
    digest_subject="{number} notices about your contracts",
    digest="These are the notices about your contracts since the last mail.",
    line="{quantity} × {product}: {amount}",
    order_tax="Tax: {amount}",
    order_total="Total: {amount}",
    points=(".", ","),
    events={
        (NoticeKind.ORDER_CONFIRMATION, None): EventTexts(
            "Order {order} was placed", "Order {order} was placed under contract {contract} of the team {team}."
        ),
        (NoticeKind.RENEWAL, None): EventTexts(
            "{product} renews itself on {renews}",
            "The subscription of {product} in contract {contract} of the team {team} ends on {ends}. It renews itself "
            "on {renews}, with {seats} seats. If you do not want this, switch the automatic renewal off before.",
        ),
        (NoticeKind.AUTO_RENEW_CHANGED, ON): EventTexts(
            "{product} renews itself from now on",
            "The automatic renewal of {product} in contract {contract} of the team {team} was switched on. The present "
            "term ends on {ends}.",
        ),
        (NoticeKind.AUTO_RENEW_CHANGED, OFF): EventTexts(
            "{product} does not renew itself any more",
            "The automatic renewal of {product} in contract {contract} of the team {team} was switched off. The "
            "subscription ends on {ends}, if nobody renews it.",
        ),
        **_each_stage(
            EventTexts(
                "{product} ends on {ends}",
                "The subscription of {product} with {seats} seats in contract {contract} of the team {team} ends on "
                "{ends}. It does not renew itself: renew it before, so that its holders keep their seats.",
            )
        ),
        (NoticeKind.EXPIRY, ENDED): EventTexts(
            "{product} has ended",
            "The subscription of {product} in contract {contract} of the team {team} ended on {ends}. None of its "
            "{seats} seats can be assigned any more. The last day on which holders keep theirs is {held}.",
        ),
        (NoticeKind.EXPIRY, LAST_CHANCE): EventTexts(
            "Last chance to renew {product}",
            "The subscription of {product} in contract {contract} of the team {team} ended on {ends}. After {held}, "
            "the holders of its {seats} seats lose them. Renew it before.",
        ),
        (NoticeKind.ANNOUNCEMENT, None): EventTexts("{title}", "{words}"),
        (NoticeKind.PAYMENT_OVERDUE, None): EventTexts(
            "Invoice {invoice} is overdue",
            "Invoice {invoice} of contract {contract} of the team {team} was due on {due}. {total} are still owed. If "
            "you have paid meanwhile, ignore this mail.",
        ),
        (NoticeKind.PAYMENT_FAILED, None): EventTexts(
            "A payment of invoice {invoice} came back",
            "A payment of invoice {invoice} of contract {contract} of the team {team} came back. {total} are owed. The "
            "invoice is due on {due}. If you have paid meanwhile, ignore this mail.",
        ),
        (NoticeKind.LAST_SEATS, None): EventTexts(
            "Free seats of {product}: {seats}",
            "Free seats of {product} in the team {team}: {seats}. The team has set that you are told when there are "
            "fewer than {below}. This is told again only after there were {below} or more.",
        ),
    },
)

DE = ContractTexts(
    greeting="Guten Tag {name},",
    more="Alles über den Vertrag: {link}",
    footer="Sie bekommen diese Mail von {address}, weil Sie Verträge verantworten. Sie können wählen, welche dieser "
    "Mails Sie bekommen, und wie.",
    digest_subject="{number} Nachrichten über Ihre Verträge",
    digest="Dies sind die Nachrichten über Ihre Verträge seit der letzten Mail.",
    line="{quantity} × {product}: {amount}",
    order_tax="Steuer: {amount}",
    order_total="Summe: {amount}",
    points=(",", "."),
    events={
        (NoticeKind.ORDER_CONFIRMATION, None): EventTexts(
            "Bestellung {order} wurde aufgegeben",
            "Bestellung {order} wurde unter dem Vertrag {contract} des Teams {team} aufgegeben.",
        ),
        (NoticeKind.RENEWAL, None): EventTexts(
            "{product} verlängert sich am {renews}",
            "Das Abonnement von {product} im Vertrag {contract} des Teams {team} endet am {ends}. Es verlängert sich "
            "am {renews} mit {seats} Plätzen. Wenn Sie das nicht möchten, schalten Sie die automatische Verlängerung "
            "vorher aus.",
        ),
        (NoticeKind.AUTO_RENEW_CHANGED, ON): EventTexts(
            "{product} verlängert sich von jetzt an",
            "Die automatische Verlängerung von {product} im Vertrag {contract} des Teams {team} wurde eingeschaltet. "
            "Die jetzige Laufzeit endet am {ends}.",
        ),
        (NoticeKind.AUTO_RENEW_CHANGED, OFF): EventTexts(
            "{product} verlängert sich nicht mehr",
            "Die automatische Verlängerung von {product} im Vertrag {contract} des Teams {team} wurde ausgeschaltet. "
            "Das Abonnement endet am {ends}, wenn es niemand verlängert.",
        ),
        **_each_stage(
            EventTexts(
                "{product} endet am {ends}",
                "Das Abonnement von {product} mit {seats} Plätzen im Vertrag {contract} des Teams {team} endet am "
                "{ends}. Es verlängert sich nicht von selbst: Verlängern Sie es vorher, damit die Inhaber ihre Plätze "
                "behalten.",
            )
        ),
        (NoticeKind.EXPIRY, ENDED): EventTexts(
            "{product} ist abgelaufen",
            "Das Abonnement von {product} im Vertrag {contract} des Teams {team} endete am {ends}. Keiner seiner "
            "{seats} Plätze kann mehr zugewiesen werden. Der letzte Tag, an dem die Inhaber ihre behalten, ist der "
            "{held}.",
        ),
        (NoticeKind.EXPIRY, LAST_CHANCE): EventTexts(
            "Letzte Gelegenheit, {product} zu verlängern",
            "Das Abonnement von {product} im Vertrag {contract} des Teams {team} endete am {ends}. Nach dem {held} "
            "verlieren die Inhaber seine {seats} Plätze. Verlängern Sie es vorher.",
        ),
        (NoticeKind.ANNOUNCEMENT, None): EventTexts("{title}", "{words}"),
        (NoticeKind.PAYMENT_OVERDUE, None): EventTexts(
            "Rechnung {invoice} ist überfällig",
            "Rechnung {invoice} des Vertrags {contract} des Teams {team} war am {due} fällig. {total} sind noch offen. "
            "Wenn Sie inzwischen bezahlt haben, ignorieren Sie diese Mail.",
        ),
        (NoticeKind.PAYMENT_FAILED, None): EventTexts(
            "Eine Zahlung der Rechnung {invoice} kam zurück",
            "Eine Zahlung der Rechnung {invoice} des Vertrags {contract} des Teams {team} kam zurück. {total} sind "
            "offen. Die Rechnung ist am {due} fällig. Wenn Sie inzwischen bezahlt haben, ignorieren Sie diese Mail.",
        ),
        (NoticeKind.LAST_SEATS, None): EventTexts(
            "Freie Plätze von {product}: {seats}",
            "Freie Plätze von {product} im Team {team}: {seats}. Das Team hat eingestellt, dass Sie informiert werden, "
            "wenn es weniger als {below} sind. Sie bekommen diese Nachricht erst wieder, nachdem es {below} oder mehr "
            "waren.",
        ),
    },
)

CONTRACT_TEXTS = {Language.EN: EN, Language.DE: DE}
