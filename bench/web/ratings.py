"""What Lighthouse says of the screens."""

import json
import subprocess
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from bench.node import Node
from bench.web.company import Company
from bench.web.loads import signed_in
from domain.roles import Role

FOLDER = Path(__file__).parent
CATEGORIES = {"performance": "Performance", "accessibility": "Accessibility", "best-practices": "Best practices"}


@dataclass(frozen=True)
class Rating:
    """The points of one screen in each category, of 100, and what took points away from the last two."""

    screen: str
    scores: dict[str, int]
    faults: list[str]


def measured(node_: Node, port: int, address: str, company: Company) -> list[Rating]:
    """Rate all screens as a contract manager sees them, in the browser that listens at this port."""
    screens = signed_in()
    asked = {
        "port": port,
        "cookie": f"usher_session={company.people[Role.CONTRACT_MANAGER].secret}",
        "addresses": [address + screen.address(**company.parts) for screen in screens],
    }
    done = subprocess.run(  # noqa: S603 - fixed arguments, no shell
        [node_.program, str(FOLDER / "lighthouse.mjs")],
        input=json.dumps(asked),
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    return [Rating(screen.name, one["scores"], one["faults"]) for screen, one in zip(screens, told, strict=True)]


def lowest(ratings: Sequence[Rating]) -> dict[str, int]:
    """The lowest points of all screens in each category."""
    return {name: min(one.scores[name] for one in ratings) for name in CATEGORIES}
