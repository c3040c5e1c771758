"""Browser profiles that one test after the other gets: the first page in a new one takes a browser three times as long."""

from collections import defaultdict
from dataclasses import dataclass

from playwright.sync_api import Browser, BrowserContext


@dataclass(frozen=True)
class Kind:
    """Of which browser a profile is, the only site that is visited with it, and whether there is a touch screen."""

    browser: Browser
    origin: str
    touch: bool


@dataclass
class Profile:
    """What a browser keeps of one visitor. `once` says that no other test gets it.

    Its empty page keeps the processes alive that the browser has for it.
    """

    context: BrowserContext
    kind: Kind
    once: bool

    def __post_init__(self) -> None:
        self._empty = self.context.new_page()
        self._tools = self.context.new_cdp_session(self._empty)

    def forget(self) -> None:
        """Everything but files that may be kept for ever, whose names say what is in them."""
        for page in self.context.pages:
            if page != self._empty:
                page.close()
        self.context.set_offline(False)
        self.context.clear_permissions()
        self.context.clear_cookies()
        self._tools.send("Storage.clearDataForOrigin", {"origin": self.kind.origin, "storageTypes": "all"})


class Profiles:
    def __init__(self) -> None:
        self._unused: defaultdict[Kind, list[Profile]] = defaultdict(list)

    def lend(self, browser: Browser, origin: str, touch: bool = False, once: bool = False) -> Profile:
        kind = Kind(browser, origin, touch)
        if self._unused[kind] and not once:
            return self._unused[kind].pop()
        return Profile(browser.new_context(reduced_motion="reduce", has_touch=touch), kind, once)

    def take_back(self, profile: Profile) -> None:
        if profile.once:
            profile.context.close()
        else:
            profile.forget()
            self._unused[profile.kind].append(profile)
