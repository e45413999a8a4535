"""Settings come from the environment. A bad setting is named in one sentence that does not show its value."""

from pathlib import Path

import pytest

from gateway.runtime.provider_settings import provider_settings
from gateway.runtime.settings import Settings, SettingsError, load
from tests.support.process import usher

pytestmark = pytest.mark.slow

SECRET = "hunter2secret"


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """Remove all settings of Usher from the environment."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.alias), raising=False)


def refusal(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> str:
    """Return the sentence that refuses this value of a setting."""
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load()
    assert refused.value.__suppress_context__
    return str(refused.value)


@pytest.mark.parametrize("scheme", ["postgres", "postgresql", "postgresql+asyncpg", "postgresql+psycopg2"])
@pytest.mark.parametrize("rest", ["u:p%40ss@db.example:5433/usher", "/usher?host=%2Frun%2Fpostgresql", "db.example"])
def test_any_postgresql_address_is_accepted(monkeypatch: pytest.MonkeyPatch, scheme: str, rest: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://{rest}")
    assert load().database_url == f"postgresql+asyncpg://{rest}"


@pytest.mark.parametrize(
    "address",
    [
        f"mysql://u:{SECRET}@db.example/usher",
        f"sqlite:///{SECRET}.db",
        f"https://u:{SECRET}@db.example",
        f"u:{SECRET}@db.example/usher",
        f"postgresql://u:{SECRET}@db.example:port/usher",
        f"postgresql://u@db.example:{SECRET}/usher",
        SECRET,
        "",
        "://",
    ],
)
def test_any_other_address_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    sentence = refusal(monkeypatch, "DATABASE_URL", address)
    assert sentence.startswith("DATABASE_URL: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert SECRET not in sentence
    assert "postgresql://" in sentence


@pytest.mark.parametrize(
    "address",
    [
        f"http://u:{SECRET}@mail.example",
        f"smtp://u:{SECRET}@mail.example:port",
        f"smtp://u:{SECRET}@mail.example/path",
        f"smtp://u:{SECRET}@",
        f"smtp://{SECRET}@mail.example",
        f"smtp://u:{SECRET}@mail.example\r\nquit",
        f"u:{SECRET}@mail.example",
        SECRET,
        "",
    ],
)
def test_an_invalid_mail_server_is_refused_without_showing_it(monkeypatch: pytest.MonkeyPatch, address: str) -> None:
    sentence = refusal(monkeypatch, "SMTP_URL", address)
    assert sentence.startswith("SMTP_URL: must ")
    assert sentence.endswith(".")
    assert "\n" not in sentence
    assert SECRET not in sentence


def test_a_mail_server_is_not_shown_among_the_settings(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SMTP_URL", f"smtp://u:{SECRET}@mail.example:587")
    assert SECRET not in repr(load())


def test_links_start_with_the_public_address_or_else_the_listening_address(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load().links == "http://127.0.0.1:8000"
    monkeypatch.setenv("USHER_PUBLIC_URL", "https://usher.company.example/seats/")
    assert load().links == "https://usher.company.example/seats"


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("0.0.0.0", "http://127.0.0.1:8000"),  # noqa: S104 - nothing listens
        ("::", "http://[::1]:8000"),
        ("", "http://127.0.0.1:8000"),
        ("::1", "http://[::1]:8000"),
        ("192.0.2.7", "http://192.0.2.7:8000"),
    ],
)
def test_the_address_is_one_that_a_browser_can_open(monkeypatch: pytest.MonkeyPatch, host: str, address: str) -> None:
    monkeypatch.setenv("HOST", host)
    assert load().address == address


@pytest.mark.parametrize("port", ["0", "65536", "-1", "http", "", "80.5"])
def test_an_invalid_port_is_refused(monkeypatch: pytest.MonkeyPatch, port: str) -> None:
    assert refusal(monkeypatch, "PORT", port).startswith("PORT: ")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("USHER_WORKERS", "0"),
        ("USHER_WORKERS", "many"),
        ("USHER_MAX_BODY_BYTES", "10"),
        ("USHER_MAX_ANSWER_BYTES", "10"),
        ("USHER_INTROSPECTION", "perhaps"),
        ("USHER_ALLOWED_ORIGINS", "*"),
        ("USHER_ALLOWED_ORIGINS", "null"),
        ("USHER_ALLOWED_ORIGINS", "app.example"),
        ("USHER_ALLOWED_ORIGINS", "https://app.example/"),
        ("MAIL_FROM", "Usher"),
        ("MAIL_FROM", "usher@company.example\nBcc: eve@x.example"),
        ("USHER_PUBLIC_URL", "usher.company.example"),
        ("USHER_PUBLIC_URL", "javascript://usher.company.example"),
        ("USHER_PUBLIC_URL", "https://usher.company.example/?next=x"),
        ("USHER_PUBLIC_URL", "https://user@usher.company.example"),
    ],
)
def test_a_bad_value_is_refused_by_name(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    assert refusal(monkeypatch, name, value).startswith(f"{name}: ")


def test_origins_are_listed_with_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("USHER_ALLOWED_ORIGINS", "https://a.example, http://localhost:5173,")
    assert load().allowed_origins == ["https://a.example", "http://localhost:5173"]


def test_nothing_needs_to_be_set() -> None:
    settings = load()
    assert (settings.host, settings.port, settings.workers, settings.database_url) == ("127.0.0.1", 8000, 1, None)
    assert settings.allowed_origins == []


@pytest.mark.parametrize(
    ("name", "value"), [("DATABASE_URL", f"mysql://u:{SECRET}@db.example/usher"), ("PORT", f"80{SECRET}")]
)
def test_the_command_line_reports_a_bad_setting_in_one_sentence(tmp_path: Path, name: str, value: str) -> None:
    ended = usher("run", data=tmp_path, **{name: value})
    assert ended.returncode == 1
    assert ended.stdout == ""
    assert ended.stderr.startswith(f"usher: {name}: ")
    assert SECRET not in ended.stderr
    assert "Traceback" not in ended.stderr


OIDC = {
    "USHER_OIDC_ISSUER": "https://login.company.example/realms/company",
    "USHER_OIDC_CLIENT_ID": "usher",
    "USHER_OIDC_CLIENT_SECRET": SECRET,
}


@pytest.mark.parametrize("missing", OIDC)
def test_the_settings_of_a_provider_belong_together(monkeypatch: pytest.MonkeyPatch, missing: str) -> None:
    for name in OIDC.keys() - {missing}:
        monkeypatch.setenv(name, OIDC[name])
    with pytest.raises(SettingsError, match=f"^{missing}: must be set") as refused:
        provider_settings(load())
    assert SECRET not in str(refused.value)
    assert all(name in str(refused.value) for name in (*OIDC, "USHER_OIDC_CLIENT_SECRET_FILE"))


def test_the_secret_of_a_provider_can_be_in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    file = tmp_path / "secret"
    for name, value in OIDC.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setenv("USHER_OIDC_CLIENT_SECRET_FILE", str(file))
    with pytest.raises(SettingsError, match=r"^USHER_OIDC_CLIENT_SECRET_FILE: is set together"):
        provider_settings(load())
    monkeypatch.delenv("USHER_OIDC_CLIENT_SECRET")
    with pytest.raises(SettingsError, match=r"^USHER_OIDC_CLIENT_SECRET_FILE: cannot be read \(FileNotFoundError\)"):
        provider_settings(load())
    file.write_text(f"{SECRET}\n", encoding="utf-8")
    chosen = provider_settings(load())
    assert chosen is not None
    assert (chosen.client_secret, chosen.name) == (SECRET, "login.company.example")
    assert SECRET not in repr(chosen)


@pytest.mark.parametrize(
    "issuer", ["http://login.example", "login.example", "https://u:p@x.example", "https://x.example/?a", "https://"]
)
def test_an_issuer_needs_tls(monkeypatch: pytest.MonkeyPatch, issuer: str) -> None:
    assert refusal(monkeypatch, "USHER_OIDC_ISSUER", issuer).startswith("USHER_OIDC_ISSUER: must be an address")
