from dataclasses import replace

import pytest

from provenance.manifest import Credentials
from provenance.reading import Findings
from provenance.source_types import source_type
from provenance.statement import State, statement_of
from tests.client_app.provenance.media import SCHEME

WHOLE = Credentials(
    signer="Acme", software="Camera 1", title="", signed_at="", ours=False, signature_holds=True, content_fits=True,
    expired=False, actions=(),
)  # fmt: skip


def test_nothing_found_is_not_called_real() -> None:
    statement = statement_of(Findings("image/png"))
    assert statement.state is State.NOTHING
    assert "proves nothing" in statement.limits


@pytest.mark.parametrize(
    ("found", "state"),
    [
        (replace(WHOLE, ours=True), State.MADE_HERE),
        (replace(WHOLE, ours=True, content_fits=False), State.MADE_HERE_CHANGED),
        (WHOLE, State.MADE_ELSEWHERE),
        (replace(WHOLE, content_fits=False), State.DOES_NOT_FIT),
        (replace(WHOLE, signature_holds=False), State.DOES_NOT_FIT),
        (replace(WHOLE, ours=True, signature_holds=False), State.DOES_NOT_FIT),
    ],
)
def test_what_credentials_come_to(found: Credentials, state: State) -> None:
    statement = statement_of(Findings("image/png", credentials=found))
    assert statement.state is state
    assert all((statement.headline, statement.meaning, statement.limits))


@pytest.mark.parametrize("ours", [True, False])
def test_a_certificate_that_has_run_out_is_told_unless_the_time_is_sure(ours: bool) -> None:
    expired = replace(WHOLE, ours=ours, expired=True)
    said = [
        statement_of(Findings("image/png", credentials=found)).meaning
        for found in (expired, replace(expired, signed_at="2026-11-28T00:00:00Z"))
    ]
    assert ["has run out" in meaning for meaning in said] == [True, False]


def test_a_signer_without_a_name_is_called_so() -> None:
    assert "somebody without a name" in statement_of(Findings("image/png", credentials=replace(WHOLE, signer=""))).meaning


@pytest.mark.parametrize(
    ("address", "by_ai", "known"),
    [
        (f"{SCHEME}trainedAlgorithmicMedia", True, True),
        (f"{SCHEME}digitalCapture/".replace("http:", "https:"), False, True),
        (f"{SCHEME}somethingNew", False, False),
        ("http://example.org/trainedAlgorithmicMedia", False, False),
        ("", False, False),
    ],
)
def test_only_iptcs_terms_are_put_in_words(address: str, by_ai: bool, known: bool) -> None:
    found = source_type(address)
    assert (found.by_ai, found.words != "a term that is not known here") == (by_ai, known)
