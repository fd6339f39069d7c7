"""Wrong settings stop the start with one line; nothing is guessed."""

from __future__ import annotations

import os

import pytest

from dashapp.settings.portal_settings import Settings, SettingsError, limit_threads, load_settings


@pytest.fixture(autouse=True)
def empty_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in list(os.environ):
        if name.startswith("SEGMENTATION_") or name == "PORT":
            monkeypatch.delenv(name)


def test_nothing_has_to_be_set() -> None:
    settings = load_settings()
    assert (settings.port, settings.hosted, settings.max_upload_mb) == (8050, False, 200)


def test_the_usual_port_variable_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "9001")
    assert load_settings().port == 9001


@pytest.mark.parametrize(
    ("name", "value", "words"),
    [
        ("SEGMENTATION_SECRET_KEYS", "x" * 40, "SEGMENTATION_SECRET_KEYS is not a setting"),
        ("SEGMENTATION_MAX_UPLOAD_MB", "many", "SEGMENTATION_MAX_UPLOAD_MB: "),
        ("SEGMENTATION_MAX_UPLOAD_MB", "-1", "SEGMENTATION_MAX_UPLOAD_MB: "),
        ("SEGMENTATION_SECRET_KEY", "short", "SEGMENTATION_SECRET_KEY: needs at least 32 bytes"),
        ("SEGMENTATION_EMBED_KEY", "short", "SEGMENTATION_EMBED_KEY: needs at least 32 bytes"),
        ("SEGMENTATION_FRAME_ANCESTORS", "*", "SEGMENTATION_FRAME_ANCESTORS: "),
        ("SEGMENTATION_FRAME_ANCESTORS", "https://a.b; script-src *", "FRAME_ANCESTORS: "),
        ("SEGMENTATION_REDIS_URL", "http://localhost", "SEGMENTATION_REDIS_URL: must begin"),
        ("SEGMENTATION_IDENTITY", "none", "SEGMENTATION_IDENTITY: "),
        ("SEGMENTATION_IDENTITY", "oidc", "oidc needs SEGMENTATION_OIDC_ISSUER"),
        ("SEGMENTATION_OIDC_ISSUER", "http://id.example", "SEGMENTATION_OIDC_ISSUER: is an https"),
        ("SEGMENTATION_HOSTED", "1", "hosted mode needs SEGMENTATION_SECRET_KEY"),
        ("PORT", "0", "PORT: "),
    ],
)
def test_a_wrong_setting_is_named_in_one_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str, words: str
) -> None:
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as caught:
        load_settings()
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
    assert value not in str(caught.value) or len(value) < 6 or "FRAME" in name or "KEYS" in name


def test_a_secret_never_shows_in_text() -> None:
    settings = Settings(secret_key="correct horse battery staple and more")
    assert "horse" not in repr(settings) + str(settings)


def test_settings_cannot_change() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Settings().port = 1


def test_an_open_portal_for_others_has_to_be_confirmed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SEGMENTATION_HOSTED", "1")
    monkeypatch.setenv("SEGMENTATION_SECRET_KEY", "s" * 32)
    with pytest.raises(SettingsError, match="confirm with SEGMENTATION_OPEN_TO_ALL=1"):
        load_settings()
    monkeypatch.setenv("SEGMENTATION_OPEN_TO_ALL", "1")
    assert load_settings().open_to_all


def test_a_portal_where_people_sign_in_needs_no_confirmation() -> None:
    settings = Settings(
        hosted=True, secret_key="s" * 32, identity="proxy", proxy_secret="p" * 32
    )  # fmt: skip
    assert not settings.open_to_all


def test_a_child_gets_the_same_settings() -> None:
    settings = Settings(
        redis_url="redis://localhost", workers=3, identity="proxy", secret_key="s" * 32,
        embed_key="e" * 32, proxy_secret="p" * 32, metrics_token="m" * 32, oidc_client_secret="o",
    )  # fmt: skip
    assert Settings.from_json(settings.to_json()) == settings


def test_threads_are_limited_unless_the_operator_says_otherwise(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(os, "environ", {"OMP_NUM_THREADS": "2"})
    limit_threads()
    assert os.environ["OMP_NUM_THREADS"] == "2"
    assert os.environ["OPENBLAS_NUM_THREADS"] == "1"
