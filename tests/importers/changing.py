"""Which cells does each cell of a result depend on? By changing one cell after another.

The same for every framework, and shared with no reader: a function is run on arrays, and a cell is
read where another value of it gives another result.
"""

import itertools

import numpy as np

from rfcalc.errors import RfcalcError
from rfcalc.masks import mask

STEPS = (0.25, 8.0, -8.0)
"""By how much a number is changed."""

USUAL = {3: ["NCX", "NXC"], 4: ["NCXY"], 5: ["NCXYZ"]}
"""Layouts that inputs have, by their number of dimensions."""


def samples(shape, count=1, dtype=np.float32):
    """Return inputs that are drawn between 0.3 and 0.7."""
    drawn = (np.random.default_rng(seed).uniform(0.3, 0.7, shape) for seed in range(count))
    return [one.astype(dtype) for one in drawn]


def reached(run, *inputs):
    """Return which cells of the input each cell of the result depends on: result + input."""
    found = None
    for x in inputs:
        base = np.asarray(run(x))
        if found is None:
            found = np.zeros((*base.shape, *x.shape), bool)
        for at in np.ndindex(*x.shape):
            for step in STEPS:
                if found[(..., *at)].all():
                    break  # More changes cannot add to it.
                other = x.copy()
                other[at] += step
                found[(..., *at)] |= _differs(np.asarray(run(other)), base)
    return found


def _differs(one, other):
    """Where two results differ; one that is no number is like another."""
    same = one == other
    if one.dtype.kind in "fc":
        same |= np.isnan(one) & np.isnan(other)
    return ~same


def layouts(shape):
    """Return layouts of an input: the usual ones, and single dimensions as the only axis."""
    rank = len(shape)
    single = ["C" * d + "X" + "C" * (rank - d - 1) for d in range(rank) if shape[d] > 1]
    usual = USUAL.get(rank, [])
    return [*usual, *(single[-1:] if usual else single)]


def verdicts(read, found, shape, wanted=()):
    """Return by layout how masks and changes differ: nothing where they agree.

    Layouts that the reader refuses are left out, and those whose axes are no dimensions of the
    result.

    Parameters
    ----------
    read : returns the network of a layout.
    found : what ``reached`` gives.
    wanted : the layouts to try, by default ``layouts(shape)``.
    """
    told = {}
    for layout in wanted or layouts(shape):
        try:
            network = read(layout)
        except RfcalcError:
            continue
        difference = _disagreement(network, found, layout)
        if difference is not None:
            told[layout] = difference
    return told


def _disagreement(network, found, layout):
    """Return how masks and changes differ, empty where they agree, ``None`` if no axes fit.

    Which dimension of the result an axis is follows from their sizes; where several fit, one that
    agrees is enough.
    """
    rank = found.ndim - len(layout)
    source = [d for d, letter in enumerate(layout) if letter in "XYZ"]
    size = network.nodes[network.output].size
    told = None
    for dims in _fitting(found.shape[:rank], size):
        told = _difference(network, found, rank, dims, source)
        if not told:
            break
    return told


def _fitting(shape, size):
    """Yield which dimension of a result each axis may be, ``None`` for one of size 1."""
    places = [*range(len(shape)), *[None] * size.count(1)]
    for dims in dict.fromkeys(itertools.permutations(places, len(size))):
        if all(n == (1 if d is None else shape[d]) for d, n in zip(dims, size, strict=True)):
            yield dims


def _places(size):
    """Return every position of a small grid, and of a large one the last and a spread of others."""
    every = list(np.ndindex(*size))
    return [*every[:: 1 + len(every) // 10], every[-1]]


def _difference(network, found, rank, dims, source):
    held = [*(d for d in dims if d is not None), *(rank + d for d in source)]
    flat = found.any(axis=tuple(d for d in range(found.ndim) if d not in held))
    # The dimensions of the result stand in the order of the result, not of the axes.
    order = sorted(d for d in dims if d is not None)
    for at in _places(network.nodes[network.output].size):
        seen = flat[tuple(at[dims.index(d)] for d in order)]
        try:
            said = mask(network, at=at).array()
        except RfcalcError as fault:
            if fault.diagnostics[0].code != "RF405":
                raise
            said = np.zeros(seen.shape, bool)
        if (seen & ~said).any():
            return f"at {at} {np.argwhere(seen & ~said).tolist()} is read, and not in the mask"
        if not network.assumed and (said & ~seen).any():
            return f"at {at} {np.argwhere(said & ~seen).tolist()} is not read, in an exact mask"
    return ""
