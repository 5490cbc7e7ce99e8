"""Which words of a network file unfold into several layers?"""

from collections.abc import Callable

from rfcalc.spec.bounds import deform_conv, submanifold_conv
from rfcalc.spec.constructs import Call, Reader, parallel, repeat, residual, stack

__all__ = ["CONSTRUCTS"]

CONSTRUCTS: dict[str, Callable[[Reader, Call], int]] = {
    "residual": residual,
    "parallel": parallel,
    "repeat": repeat,
    "stack": stack,
    "deform_conv": deform_conv,
    "submanifold_conv": submanifold_conv,
}
"""Every construct by its word in a network file."""
