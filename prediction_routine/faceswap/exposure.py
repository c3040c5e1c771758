"""How much longer a picture of a dark room ought to have been exposed.

What is measured against a photo taken in good light - limits of a gain, what is added to both sides of a ratio, a network's
input - holds for ordinary rooms; in a dark one it is measured in the longer exposure, and the result darkened again.
"""

from collections.abc import Sequence

#: What is darker than this in every colour, levels of 255, is dark.
DARK = 90.0


def exposure(levels: Sequence[float]) -> float:
    """How many times as long, for something of these levels, one for each colour: 1 where it is light enough."""
    return max(1.0, DARK / max(*levels, 1.0))
