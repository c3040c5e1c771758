"""The links that tell the browser of a page's modules."""

from pathlib import Path

import pytest

from facedetect.templatetags.modules import imported_by

STATIC = Path(__file__).parents[2] / "client_app" / "static"


def test_a_script_that_is_not_there_leads_nowhere() -> None:
    assert imported_by("js/nothing.js") == ()


def test_a_module_without_imports_leads_nowhere() -> None:
    assert imported_by("js/pacing.js") == ()


@pytest.mark.parametrize("script", ["js/app.js", "js/files/page.js"])
def test_every_module_is_found_once_and_exists(script: str) -> None:
    modules = imported_by(script)
    assert len(set(modules)) == len(modules) > 10
    assert script not in modules
    assert [name for name in modules if not (STATIC / name).is_file()] == []


def test_folders_above_are_followed_and_modules_behind_modules() -> None:
    modules = imported_by("js/files/page.js")
    assert "js/api.js" in modules
    assert "js/overlay.js" in modules
