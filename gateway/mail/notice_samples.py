"""Made-up events, one of each kind of notice, to see what the mails look like."""

from datetime import date

from db.notices.notice_mails import ToldEvent
from domain.languages import Language
from domain.notices import STAGES, NoticeKind

ENDS_ON, HELD_UNTIL, DUE_ON = date(2027, 3, 31), date(2027, 4, 30), date(2027, 1, 15)
LINES = [
    {"product": "Fusion", "quantity": 20, "amount": 598_000},
    {"product": "Kiln", "quantity": 5, "amount": 118_781},
]


def sample(kind: NoticeKind, language: Language) -> ToldEvent:
    """An event of this kind, as the mail to a person who reads this language would tell it."""
    with_days = kind in (NoticeKind.RENEWAL, NoticeKind.EXPIRY)
    return ToldEvent(
        email="ada@company.example",
        name="Ada Lovelace",
        language=language,
        team_id="team_example",
        team="Example Works",
        kind=kind,
        stage=STAGES[1] if with_days else None,
        contract=12,
        product="Fusion",
        seats=3 if kind is NoticeKind.LAST_SEATS else 20,
        below=5,
        auto_renew=kind is not NoticeKind.AUTO_RENEW_CHANGED,
        ends_on=ENDS_ON,
        held_until=HELD_UNTIL,
        order=123,
        lines=LINES if kind is NoticeKind.ORDER_CONFIRMATION else None,
        invoice=101,
        due_on=DUE_ON,
        total=852_969,
        tax=136_188,
        currency="EUR",
        title="New release of Fusion",
        words="Fusion 2027 is here.\n\nAll seats may use it.",
        valid=True,
    )
