import multiprocessing
import os
import stat
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from facedetect import environment


@pytest.mark.parametrize(("value", "expected"), [("", True), (" ", True), ("0", False), ("off", False), ("TRUE", True)])
def test_a_flag_is_read_or_left_at_its_default(value: str, expected: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", value)
    assert environment.flag("FLAG", True) is expected


def test_what_is_no_flag_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FLAG", "maybe")
    with pytest.raises(ImproperlyConfigured, match="FLAG is 'maybe'; expected 1 or 0"):
        environment.flag("FLAG", True)


@pytest.mark.parametrize("value", ["abc", "-1", "0", "1.5", "٣x"])
def test_what_is_no_number_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUMBER", value)
    with pytest.raises(ImproperlyConfigured, match=r"NUMBER is .* expected a whole number of 1 or more"):
        environment.number("NUMBER", 5)


def test_a_missing_number_is_the_default(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("NUMBER", raising=False)
    assert environment.number("NUMBER", 5) == 5


def test_a_list_is_separated_by_commas(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOSTS", " a.example , ,b.example")
    assert environment.listing("HOSTS", ("c",)) == ["a.example", "b.example"]
    monkeypatch.setenv("HOSTS", " , ")
    assert environment.listing("HOSTS", ("c",)) == ["c"]


@pytest.mark.parametrize("value", ["relay.example", "ws://relay.example", "http://", "https:///path"])
def test_what_is_no_web_address_is_named(value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY", value)
    with pytest.raises(ImproperlyConfigured, match="RELAY is"):
        environment.web_address("RELAY")


def test_a_web_address_loses_its_last_slash(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RELAY", "https://relay.example/")
    assert environment.web_address("RELAY") == "https://relay.example"


def test_a_key_is_made_once_and_for_its_owner_only(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAM_KEY", raising=False)
    folder = tmp_path / "var"
    first = environment.key("STREAM_KEY", folder)
    assert len(first) == 43
    assert environment.key("STREAM_KEY", folder) == first
    assert [path.name for path in folder.iterdir()] == ["stream.key"]
    assert stat.S_IMODE((folder / "stream.key").stat().st_mode) == 0o600


def test_the_environment_goes_before_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("STREAM_KEY", "given")
    assert environment.key("STREAM_KEY", tmp_path) == "given"
    assert not list(tmp_path.iterdir())


def test_a_folder_that_cannot_be_written_names_the_variable(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("STREAM_KEY", raising=False)
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="set STREAM_KEY"):
        environment.key("STREAM_KEY", tmp_path / "file" / "var")


def _read_key(folder: str) -> str:
    return environment.key("STREAM_KEY", Path(folder))


def test_tiers_that_start_at_once_end_with_one_key(tmp_path: Path) -> None:
    os.environ.pop("STREAM_KEY", None)
    with multiprocessing.get_context("fork").Pool(4) as pool:
        keys = pool.map(_read_key, [str(tmp_path)] * 16, chunksize=1)
    assert len(set(keys)) == 1
