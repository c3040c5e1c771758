"""How `make test`, which runs two processes, divides the tests between them."""

from xdist.scheduler import LoadScopeScheduling

FOLDER = "tests/end_to_end"
#: What visits the servers as a program does. It has servers of its own, so that both processes end at about the same time.
WITHOUT_BROWSER = (f"{FOLDER}/test_examples.py", f"{FOLDER}/test_jobs.py")


class BrowserBesideTheRest(LoadScopeScheduling):
    """A browser and its servers fill more than a core: their tests share one set of them and go one after the other.

    All others keep together by file, for the fixtures that a file shares.
    """

    def _split_scope(self, nodeid: str) -> str:
        file = nodeid.split("::", 1)[0]
        if file in WITHOUT_BROWSER:
            return f"{FOLDER} without a browser"
        return FOLDER if file.startswith(f"{FOLDER}/") else file
