"""What do networks compute? Forward and adjoint passes from the layers' parameters alone.

The judge of the rest of rfcalc: it has its own sizes, paddings and tables of neighbours, and
knows nothing of taps, footprints, growth or masks.
"""

# These modules register forwards of their families.
from rfcalc.numpy_backend import forward_cells, forward_whole
from rfcalc.numpy_backend.forward import forward
from rfcalc.numpy_backend.geometry import cells
from rfcalc.numpy_backend.positive import positive
from rfcalc.numpy_backend.pull import pull
from rfcalc.numpy_backend.sweep import PRIME, counts, responses, run, sizes_of
from rfcalc.numpy_backend.weights import weights_of

__all__ = [
    "PRIME",
    "cells",
    "counts",
    "forward",
    "forward_cells",
    "forward_whole",
    "positive",
    "pull",
    "responses",
    "run",
    "sizes_of",
    "weights_of",
]
