"""How `make test`, which runs two processes, divides the tests between them."""

from xdist.scheduler import LoadScopeScheduling

BROWSER = "tests/end_to_end"


class BrowserBesideTheRest(LoadScopeScheduling):
    """A browser and its servers fill more than a core: their tests share one set of them and go one after the other.

    All others keep together by file, for the fixtures that a file shares.
    """

    def _split_scope(self, nodeid: str) -> str:
        return BROWSER if nodeid.startswith(f"{BROWSER}/") else nodeid.split("::", 1)[0]
