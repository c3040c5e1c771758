"""The pages that every page links to."""

from typing import Any

from django.http import HttpRequest

#: The name of its address, and what it is called: above the page, and at its foot.
PAGES = [("studio", "Live"), ("files", "Pictures & videos"), ("verify", "Verify")]
FOOT_PAGES = [("privacy", "Your privacy"), ("developers", "Developers"), ("report", "Report a misuse")]


def site_pages(request: HttpRequest) -> dict[str, Any]:
    """For every template: a context processor."""
    return {"site_pages": PAGES, "foot_pages": FOOT_PAGES}
