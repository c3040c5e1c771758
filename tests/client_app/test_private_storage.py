"""Where visitors' files are kept: a folder, a bucket, and both encrypted."""

import stat
from pathlib import Path
from typing import Any

import pyrage
import pytest
import requests
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import Storage, storages

from facedetect.private_storage import ALIAS, configuration
from tests.client_app.conftest import BUCKET

OLD, NEW = (str(pyrage.x25519.Identity.generate()) for _ in range(2))


def storage(folder: Path, bucket: str = "", *keys: str) -> Storage:
    return storages.create_storage(configuration(folder, bucket, keys))


def use(kept: Storage) -> bytes:
    """Everything that a storage is asked for, and what it holds in the end."""
    name = kept.save("photos/a b.jpg", ContentFile(b"first"))
    assert kept.exists(name)
    other = kept.save(name, ContentFile(b""))
    assert other != name
    with kept.open(name) as file:
        assert file.read() == b"first"
        file.seek(2)
        assert file.read() == b"rst"
    assert (kept.size(name), kept.size(other)) == (5, 0)
    assert sorted(kept.listdir("photos")[1]) == sorted(Path(each).name for each in (name, other))
    assert kept.get_modified_time(name).tzinfo
    kept.delete(other)
    assert not kept.exists(other)
    with pytest.raises(FileNotFoundError):
        kept.open(other).read()
    return name.encode()


def test_a_folder_is_its_owners_alone(tmp_path: Path) -> None:
    name = use(storage(tmp_path / "media")).decode()
    file = tmp_path / "media" / name
    assert file.read_bytes() == b"first"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert {stat.S_IMODE(folder.stat().st_mode) for folder in (file.parent, tmp_path / "media")} == {0o700}


def test_what_is_encrypted_can_be_read_only_with_the_key(tmp_path: Path) -> None:
    name = use(storage(tmp_path, "", NEW)).decode()
    kept = (tmp_path / name).read_bytes()
    assert b"first" not in kept
    assert pyrage.decrypt(kept, [pyrage.x25519.Identity.from_str(NEW)]) == b"first"
    with pytest.raises(OSError, match="is STORAGE_KEY the one it was kept with"):
        storage(tmp_path, "", OLD).open(name)


def test_a_new_key_encrypts_and_the_old_one_still_reads(tmp_path: Path) -> None:
    before = storage(tmp_path).save("plain", ContentFile(b"plain"))
    old = storage(tmp_path, "", OLD).save("old", ContentFile(b"old"))
    both = storage(tmp_path, "", NEW, OLD)
    new = both.save("new", ContentFile(b"new"))
    assert [both.open(name).read() for name in (before, old, new)] == [b"plain", b"old", b"new"]
    assert storage(tmp_path, "", NEW).open(new).read() == b"new"


def test_a_large_file_is_kept_whole(tmp_path: Path) -> None:
    large = bytes(range(256)) * 20_000
    kept = storage(tmp_path, "", NEW)
    name = kept.save("video.mp4", ContentFile(large))
    assert kept.size(name) == len(large)
    with kept.open(name) as file:
        file.seek(5_000_000)
        assert file.read() == large[5_000_000:]
    with pytest.raises(ValueError, match="save it anew"):
        kept.open(name, "wb")


@pytest.mark.parametrize("cut", [30, 150, -5])
def test_a_damaged_file_is_said_to_be_one(tmp_path: Path, cut: int) -> None:
    kept = storage(tmp_path, "", NEW)
    name = kept.save("photo", ContentFile(b"x" * 100))
    (tmp_path / name).write_bytes((tmp_path / name).read_bytes()[:cut])
    with pytest.raises(OSError, match="cannot be decrypted"):
        kept.open(name)


@pytest.mark.parametrize(
    "key",
    ["nonsense", "AGE-SECRET-KEY-1AAA", str(pyrage.x25519.Identity.generate().to_public())],
    ids=["word", "half", "public"],
)
def test_what_is_no_key_is_refused_at_start_and_not_repeated(key: str) -> None:
    with pytest.raises(ImproperlyConfigured, match="STORAGE_KEY is no age identity; expected AGE-SECRET-KEY-1") as refused:
        configuration(Path("x"), "", [NEW, key])
    assert key not in str(refused.value)


@pytest.mark.parametrize("keys", [(), (NEW,)])
def test_a_bucket_is_used_in_the_same_way(cloud: str, tmp_path: Path, keys: tuple[str, ...]) -> None:
    name = use(storage(tmp_path, BUCKET, *keys)).decode()
    listed: dict[str, Any] = requests.get(f"{cloud}/storage/v1/b/{BUCKET}/o", timeout=5).json()
    assert [entry["name"] for entry in listed["items"]] == [name]
    assert (int(listed["items"][0]["size"]) == 5) is not bool(keys)
    assert not list(tmp_path.iterdir())


def test_the_servers_own_is_where_it_was_told(settings: Any) -> None:
    kept = storages[ALIAS]
    name = kept.save("trial", ContentFile(b"x"))
    assert (settings.MEDIA_DIR / name).read_bytes() == b"x"
    kept.delete(name)
