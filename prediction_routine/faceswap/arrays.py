"""Names for the arrays that travel between the steps."""

from typing import Any

import numpy as np
from numpy.typing import NDArray

#: BGR picture, uint8, shape (height, width, 3).
Image = NDArray[np.uint8]
#: One channel, uint8, shape (height, width).
Mask = NDArray[np.uint8]
#: float32 of any shape; the docstring that uses it gives the shape.
Floats = NDArray[np.float32]
#: float64 affine matrix, shape (2, 3), column vectors: `[x', y'] = m @ [x, y, 1]`.
Affine = NDArray[np.float64]
Ints = NDArray[np.int32]
AnyArray = NDArray[Any]
