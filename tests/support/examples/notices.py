"""How people get notices."""

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
