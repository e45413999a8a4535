"""How people get notices, and what the vendor's staff writes to them."""

from domain.actions import Action
from tests.support.examples.example import Input, Scene, example


@example(
    Action.NOTICES_SET,
    "noticePreferences { kind delivery required }",
    changed={"delivery": "OFF"},
    foreign={"teamId": "team"},
)
async def set_notice_preferences(scene: Scene, _: str = "self") -> Input:
    """One mail a day with the notices of a kind."""
    return {"teamId": scene.team, "kind": "AUTO_RENEW_CHANGED", "delivery": "DIGEST"}


@example(
    Action.ANNOUNCEMENTS_SEND,
    "announcementId recipients",
    changed={"text": "Other."},
    foreign={"teamIds.0": "team"},
    vendor=True,
)
async def send_announcement(scene: Scene, _: str = "the team") -> Input:
    """An announcement to the contract managers of the team."""
    return {"subject": "New release", "text": "Fusion 2027 is here.", "teamIds": [scene.team]}
