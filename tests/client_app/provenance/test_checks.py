from pathlib import Path
from typing import Any

from django.core import checks

from provenance.identity import signing_identity
from tests.client_app.provenance.media import operators_pair
from tests.processes import free_port


def found(deploy: bool = False) -> list[str]:
    messages = checks.run_checks(include_deployment_checks=deploy)
    return [str(message.id) for message in messages if str(message.id).startswith("provenance.")]


def test_a_development_certificate_is_warned_of_before_it_is_deployed() -> None:
    assert found() == []
    assert found(deploy=True) == ["provenance.W001"]


def test_the_operators_certificate_passes(tmp_path: Path, settings: Any) -> None:
    settings.C2PA_IDENTITY = signing_identity(*operators_pair(tmp_path), tmp_path)
    assert found(deploy=True) == []


def test_an_operators_set_up_that_cannot_sign_is_an_error(tmp_path: Path, settings: Any) -> None:
    settings.C2PA_IDENTITY = signing_identity(*operators_pair(tmp_path), tmp_path)
    settings.C2PA_TSA_URL = f"http://127.0.0.1:{free_port()}"
    assert found() == ["provenance.E001"]
