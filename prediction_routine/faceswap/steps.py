"""How long each step of a frame takes."""

import time
from collections.abc import Iterator
from contextlib import contextmanager


class Steps:
    """`with step("warp"): ...` adds the time that the block takes to `milliseconds["warp"]`; one object for each frame."""

    def __init__(self) -> None:
        self.milliseconds: dict[str, float] = {}

    @contextmanager
    def __call__(self, name: str) -> Iterator[None]:
        start = time.perf_counter()
        yield
        spent = (time.perf_counter() - start) * 1000
        self.milliseconds[name] = round(self.milliseconds.get(name, 0.0) + spent, 3)
