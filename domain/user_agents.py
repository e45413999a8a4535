"""The name of a device as a person knows it, made of what the client says about itself in `User-Agent`.

Anybody can write anything into that header. So a name is made of the words below, or of the plain first word with which
a program names itself.
"""

import re

MAX_DEVICE = 60
"""The most characters of the name of a device."""
_MAX_READ = 500
# The first one that is found counts: most browsers also name those that they are compatible with.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR/", "Opera"),
    ("SamsungBrowser/", "Samsung Internet"),
    ("Firefox/", "Firefox"),
    ("FxiOS/", "Firefox"),
    ("Chrome/", "Chrome"),
    ("CriOS/", "Chrome"),
    ("Safari/", "Safari"),
)
_SYSTEMS = (
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Android", "Android"),
    ("CrOS", "ChromeOS"),
    ("Windows", "Windows"),
    ("Macintosh", "macOS"),
    ("Linux", "Linux"),
)
_PROGRAM = re.compile(r"[A-Za-z][A-Za-z0-9_-]{0,39}(?=[/ ]|$)")


def device_of(user_agent: str) -> str | None:
    """Return the name of a device, such as "Firefox on Linux" or "curl"; None if the header does not tell it."""
    text = user_agent[:_MAX_READ]
    if not text.startswith("Mozilla/"):
        program = _PROGRAM.match(text)
        return program and program[0]
    browser, system = _first(_BROWSERS, text), _first(_SYSTEMS, text)
    return " on ".join(filter(None, (browser, system))) or None


def _first(names: tuple[tuple[str, str], ...], text: str) -> str | None:
    return next((name for sign, name in names if sign in text), None)
