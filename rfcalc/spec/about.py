"""What does each parameter mean, where its type does not say it?"""

__all__ = ["ABOUT"]

ABOUT: dict[str, str] = {
    "after": "cells after the output's own that its window holds; half of it when left out",
    "align_corners": "whether the outermost cells of both grids coincide",
    "alpha": "height of the negative side",
    "antialias": "whether a shrinking map is filtered as wide as the step",
    "bias": "whether a constant is added; changes no mask",
    "ceil_mode": "whether a last, partial window counts",
    "count_include_pad": "whether padding counts in the mean",
    "edge": "whether a window shifts inside at the border, or is cut there",
    "eps": "added to the variance",
    "groups": "groups of channels that are computed apart",
    "in_channels": "channels read; asked for only when numbers are computed",
    "kernel": "kernel elements",
    "mode": "which cells an output between cells is made of",
    "negative_slope": "slope of the negative side",
    "out_channels": "channels written; asked for only when numbers are computed",
    "output": "cells of the result",
    "over": "axes that are covered, true or false for each; all when left out",
    "p": "share of the values that are dropped in training",
    "padding": "cells around the input; centred when left out, d*(k-1)//2 on both sides",
    "padding_mode": "what lies beyond the border",
    "side": "whether an output reads all cells, those before it, or those after it",
    "start": "first index",
    "step": "cells between outputs",
    "stop": "index before which it ends",
    "window": "cells of a window",
}
"""By the name of the parameter."""
