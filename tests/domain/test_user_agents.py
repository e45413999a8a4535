"""The names of devices: the browser and the system, or the program, and never more than that."""

import pytest
from hypothesis import given
from hypothesis.strategies import text

from domain.text import display_name
from domain.user_agents import MAX_DEVICE, device_of

WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/141.0.0.0 "
MAC = "Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15 (KHTML, like Gecko) Version/18.6 "
IPHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_6 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
ANDROID = "Mozilla/5.0 (Linux; Android 14; SM-S911B) AppleWebKit/537.36 (KHTML, like Gecko) "


@pytest.mark.parametrize(
    ("user_agent", "device"),
    [
        ("Mozilla/5.0 (X11; Linux x86_64; rv:144.0) Gecko/20100101 Firefox/144.0", "Firefox on Linux"),
        ("Mozilla/5.0 (X11; CrOS x86_64 14541) (KHTML, like Gecko) Chrome/141.0 Safari/537.36", "Chrome on ChromeOS"),
        (f"{WINDOWS}Safari/537.36", "Chrome on Windows"),
        (f"{WINDOWS}Safari/537.36 Edg/141.0.0.0", "Edge on Windows"),
        (f"{WINDOWS}Safari/537.36 OPR/124.0.0.0", "Opera on Windows"),
        (f"{MAC}Safari/605.1.15", "Safari on macOS"),
        (f"{IPHONE}Version/18.6 Mobile/15E148 Safari/604.1", "Safari on iPhone"),
        (f"{IPHONE}CriOS/141.0 Mobile/15E148 Safari/604.1", "Chrome on iPhone"),
        (f"{IPHONE}FxiOS/144.0 Mobile/15E148 Safari/605.1.15", "Firefox on iPhone"),
        (f"{ANDROID}SamsungBrowser/28.0 Chrome/130.0 Mobile Safari/537.36", "Samsung Internet on Android"),
        ("Mozilla/5.0 (Windows NT 10.0)", "Windows"),
        ("Mozilla/5.0", None),
        ("curl/8.14.1", "curl"),
        ("python-httpx/0.28.1", "python-httpx"),
        ("Usher", "Usher"),
        ("evil.example/1.0", None),
        ("<b>you</b>", None),
        ("x" * 1_000, None),
        ("", None),
    ],
)
def test_the_name_of_a_device(user_agent: str, device: str | None) -> None:
    assert device_of(user_agent) == device


@given(text() | text().map(lambda rest: f"Mozilla/5.0 (Windows) {rest}"))
def test_whatever_a_client_says_the_name_is_a_short_plain_line(user_agent: str) -> None:
    device = device_of(user_agent)
    assert device is None or (display_name(device) == device and device.isascii() and len(device) <= MAX_DEVICE)
