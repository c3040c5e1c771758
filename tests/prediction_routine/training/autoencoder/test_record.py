import hashlib
from dataclasses import replace
from pathlib import Path

import pytest

from tests.prediction_routine.training.autoencoder.conftest import RECORD
from training.autoencoder.errors import TrainingError
from training.autoencoder.record import record_from, sha256_of, statement


@pytest.mark.parametrize("text", ["", "   ", "yes", "2025-03-01 12:00", "\t\n"])
def test_a_consent_that_says_nothing_is_refused(text: str) -> None:
    with pytest.raises(TrainingError, match="state who agreed and when"):
        statement(text)


def test_a_consent_is_kept_as_it_was_stated() -> None:
    assert statement("  Ana Ruiz,\n in writing, 2025-03-01 ") == "Ana Ruiz, in writing, 2025-03-01"


@pytest.mark.parametrize("json", [None, [], {}, {**RECORD.as_json(), "footage": 3}, {**RECORD.as_json(), "embedding": "x"}])
def test_what_is_no_record_is_refused(json: object) -> None:
    with pytest.raises(TrainingError, match="extract the faces again"):
        record_from(json)


def test_a_record_without_consent_is_refused() -> None:
    with pytest.raises(TrainingError, match="state who agreed"):
        record_from({**RECORD.as_json(), "consent": ""})


def test_a_record_comes_back_as_it_was_written() -> None:
    assert record_from(RECORD.as_json()) == RECORD
    assert record_from(replace(RECORD, footage=()).as_json()).footage == ()


def test_a_file_is_known_by_its_hash_and_a_missing_one_named(tmp_path: Path) -> None:
    (tmp_path / "a.mp4").write_bytes(b"footage")
    assert sha256_of(tmp_path / "a.mp4") == hashlib.sha256(b"footage").hexdigest()
    with pytest.raises(TrainingError, match=r"nowhere\.mp4 cannot be read \(No such file"):
        sha256_of(tmp_path / "nowhere.mp4")
