import stat
import threading
from pathlib import Path

import pytest

from relay.keys import KeyUnavailable, read_key
from relay.settings import SettingsError, read_settings

KEYS = {"STREAM_KEY": "a", "SERVICE_KEY": "b"}


def test_an_empty_environment_is_a_local_set_up_with_keys_of_its_own(tmp_path: Path) -> None:
    settings = read_settings({}, tmp_path / "var")
    assert settings.prediction.url == "http://127.0.0.1:8080"
    assert settings.mark
    assert settings.mark_look == {}
    assert settings.allowed_origins == frozenset()
    assert (tmp_path / "var" / "stream.key").read_text() == settings.stream_key
    assert read_settings({}, tmp_path / "var") == settings


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CLIENT_URL", "127.0.0.1:8000"),
        ("PREDICTION_URL", "ftp://x"),
        ("PREDICTION_URL", "http://x:port"),
        ("PREDICTION_SERVICE", "vertex"),
        ("PREDICTION_AUTH", "yes"),
        ("PREDICTION_TIMEOUT", "soon"),
        ("PREDICTION_TIMEOUT", "nan"),
        ("START_SECONDS", "0"),
        ("SILENCE_SECONDS", "-1"),
        ("SEND_SECONDS", "inf"),
        ("MAX_STREAMS", "none"),
        ("MAX_FRAME_BYTES", "12"),
        ("MARK", "maybe"),
        ("MARK_POSITION", "middle"),
        ("MARK_TEXT", "x" * 25),
        ("MARK_TEXT", "K\u00fcnstlich"),
        ("MARK_TEXT", "A\x07I"),
        ("ALLOWED_ORIGINS", "https://a.example, b.example"),
    ],
)
def test_a_value_that_cannot_be_used_is_named(tmp_path: Path, name: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"^{name} "):
        read_settings({**KEYS, name: value}, tmp_path)


def test_what_is_set_is_used(tmp_path: Path) -> None:
    environ = {**KEYS, "PREDICTION_SERVICE": "aiplatform", "ALLOWED_ORIGINS": "https://A.example/, http://b:8000", "MARK": "0"}
    settings = read_settings(environ, tmp_path)
    assert settings.prediction.name == "projects/local/locations/local/endpoints/faceswap"
    assert settings.allowed_origins == {"https://a.example", "http://b:8000"}
    assert not settings.mark
    looks = read_settings({**KEYS, "MARK_POSITION": "upper-left", "MARK_TEXT": "  Made  with AI "}, tmp_path).mark_look
    assert looks == {"mark_position": "upper-left", "mark_text": "Made with AI"}
    assert read_settings({**KEYS, "ALLOWED_ORIGINS": "*"}, tmp_path).allowed_origins == frozenset()


def test_key_dir_is_where_keys_are(tmp_path: Path) -> None:
    read_settings({"KEY_DIR": str(tmp_path / "keys")}, tmp_path / "elsewhere")
    assert {path.name for path in (tmp_path / "keys").iterdir()} == {"stream.key", "service.key"}
    assert not (tmp_path / "elsewhere").exists()


def test_a_made_key_is_for_its_owner_alone(tmp_path: Path) -> None:
    assert len(read_key({}, "STREAM_KEY", tmp_path)) >= 43
    assert stat.S_IMODE((tmp_path / "stream.key").stat().st_mode) == 0o600


def test_tiers_that_start_at_once_agree_on_one_key(tmp_path: Path) -> None:
    keys: list[str] = []
    threads = [threading.Thread(target=lambda: keys.append(read_key({}, "STREAM_KEY", tmp_path))) for _ in range(16)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(keys) == 16
    assert len(set(keys)) == 1
    assert [path.name for path in tmp_path.iterdir()] == ["stream.key"]


def test_where_no_key_can_be_kept_the_variable_is_named(tmp_path: Path) -> None:
    blocked = tmp_path / "file"
    blocked.write_text("")
    with pytest.raises(KeyUnavailable, match="Set STREAM_KEY"):
        read_key({}, "STREAM_KEY", blocked / "var")


def test_an_empty_key_file_is_no_key(tmp_path: Path) -> None:
    (tmp_path / "stream.key").write_text("\n")
    with pytest.raises(KeyUnavailable, match="is empty"):
        read_key({}, "STREAM_KEY", tmp_path)
