"""The site of passkeys follows from the address at which people open Usher."""

import pytest

from gateway.runtime.relying_party import relying_party
from gateway.runtime.settings import Settings, SettingsError


@pytest.mark.parametrize(
    ("given", "domain", "origin"),
    [
        ({}, "localhost", "http://localhost:8000"),
        ({"host": "0.0.0.0"}, "localhost", "http://localhost:8000"),  # noqa: S104 - not listened on
        ({"host": "::1", "port": 80}, "localhost", "http://localhost"),
        (
            {"public_url": "https://Usher.Vendor.example/portal/"},
            "usher.vendor.example",
            "https://usher.vendor.example",
        ),
        ({"public_url": "https://usher.example:443"}, "usher.example", "https://usher.example"),
        ({"public_url": "https://usher.example:8443"}, "usher.example", "https://usher.example:8443"),
        ({"public_url": "https://müller.example"}, "xn--mller-kva.example", "https://xn--mller-kva.example"),
        ({"public_url": "https://[2001:db8::1]:8443"}, "2001:db8::1", "https://[2001:db8::1]:8443"),
    ],
)
def test_the_domain_and_the_origin_are_those_of_the_public_address(
    given: dict[str, object], domain: str, origin: str
) -> None:
    site = relying_party(Settings.model_validate(given), "x" * 32)
    assert (site.domain, site.origins) == (domain, (origin,))


def test_pages_of_allowed_origins_count_only_below_the_domain() -> None:
    allowed = [
        "https://usher.example", "https://app.usher.example", "http://usher.example:5173", "https://example",
        "https://evilusher.example", "https://usher.example.evil",
    ]  # fmt: skip
    site = relying_party(Settings(public_url="https://usher.example", allowed_origins=allowed), "x" * 32)
    assert site.origins == tuple(allowed[:3])


def test_a_domain_that_is_not_allowed_is_refused() -> None:
    with pytest.raises(SettingsError, match="USHER_PUBLIC_URL: must have a domain"):
        relying_party(Settings(public_url="https://-müller.example"), "x" * 32)
