"""Do axis operations answer for dimensions and their parts as NumPy does with numbers?"""

import importlib
import pkgutil
from functools import singledispatch

import numpy as np
import pytest

from rfcalc import importers
from rfcalc.importers.channels import Channels, Dense
from rfcalc.importers.copies import Tile
from rfcalc.importers.cutting import Drop, Slice
from rfcalc.importers.layout import Expand, Permute, Reshape
from rfcalc.importers.mixing import Mix, Reduce
from rfcalc.importers.picking import Pick
from rfcalc.importers.replaying import AxisOperation
from rfcalc.importers.reversing import Reverse
from rfcalc.importers.windows import Window
from rfcalc.layers.pointwise import Add
from rfcalc.layers.whole import SpatialNorm
from rfcalc.layers.window import Conv

GIVEN = (4, 6, 5)
RUN = Conv(kernel=(3,), stride=(2,), dilation=(1,), padding=((1, 1),))
POINT = Conv(kernel=(1,), stride=(1,), dilation=(1,), padding=((0, 0),))

OPERATIONS = [
    (GIVEN, Permute((2, 0, 1))),
    (GIVEN, Reshape((4, 30))),
    (GIVEN, Reshape((4, 2, 3, 5))),
    (GIVEN, Reshape((1, 4, 6, 5, 1))),
    (GIVEN, Expand((2, 4, 6, 5))),
    ((4, 1, 5), Expand((3, 4, 7, 5))),
    (GIVEN, Slice(1, 1, -1)),
    (GIVEN, Slice(2, 0, None, 2)),
    ((4, 1, 5), Drop(1)),
    (GIVEN, Reduce((1,), keep=True)),
    (GIVEN, Reduce((0, 2), keep=False)),
    (GIVEN, Mix((1, 2), Add(), SpatialNorm)),
    (GIVEN, Dense(3)),
    (GIVEN, Dense(None)),
    (GIVEN, Channels(1, 8, 1)),
    (GIVEN, Channels(1, 4, 2)),
    (GIVEN, Window(RUN, (2,))),
    (GIVEN, Window(POINT, (1,))),
    (GIVEN, Reverse((0, 2))),
    (GIVEN, Pick(1, (range(3, 5), range(4, 0, -2)))),
    (GIVEN, Tile(1, 3)),
]


@singledispatch
def numbers(step, x):
    """Return what an operation makes of an array."""
    raise NotImplementedError(type(step))


@numbers.register
def _(step: Permute, x):
    return x.transpose(step.order)


@numbers.register
def _(step: Reshape, x):
    return x.reshape(step.to)


@numbers.register
def _(step: Expand, x):
    return np.broadcast_to(x, step.to)


@numbers.register
def _(step: Slice, x):
    return x[(slice(None),) * step.d + (slice(step.start, step.stop, step.step),)]


@numbers.register
def _(step: Drop, x):
    return x.squeeze(step.d)


@numbers.register
def _(step: Reduce, x):
    return x.sum(step.dims, keepdims=step.keep)


@numbers.register
def _(step: Mix, x):
    return x - x.sum(step.dims, keepdims=True)


@numbers.register
def _(step: Dense, x):
    return x @ np.ones(x.shape[-1:] + step.wide, x.dtype)


@numbers.register
def _(step: Channels, x):
    rows = np.split(x, step.groups, step.d)
    wide = [np.repeat(r.sum(step.d, keepdims=True), step.out // step.groups, step.d) for r in rows]
    return np.concatenate(wide, step.d)


@numbers.register
def _(step: Window, x):
    (d,), (kernel,), (pads,) = step.dims, step.layer.kernel, step.layer.padding
    padded = np.pad(x, [pads if e == d else (0, 0) for e in range(x.ndim)])
    rows = np.lib.stride_tricks.sliding_window_view(padded, kernel, d).sum(-1)
    return rows.take(range(0, rows.shape[d], step.layer.stride[0]), d)


@numbers.register
def _(step: Reverse, x):
    return np.flip(x, step.dims)


@numbers.register
def _(step: Pick, x):
    return x.take([i for run in step.runs for i in run], step.d)


@numbers.register
def _(step: Tile, x):
    return np.concatenate([x] * step.times, step.d)


def array(shape):
    return np.random.default_rng(0).integers(0, 100, shape)


def kinds(kind=AxisOperation):
    for one in kind.__subclasses__():
        yield from (one, *kinds(one))


def test_every_operation_has_a_row():
    for found in pkgutil.iter_modules(importers.__path__, "rfcalc.importers."):
        importlib.import_module(found.name)
    assert {*kinds()} == {type(step) for _, step in OPERATIONS}


@pytest.mark.parametrize(("given", "step"), OPERATIONS, ids=lambda v: repr(v)[:60])
def test_shapes_are_those_of_the_numbers(given, step):
    assert tuple(step.shape(given)) == numbers(step, array(given)).shape


@pytest.mark.parametrize(("given", "step"), OPERATIONS, ids=lambda v: repr(v)[:60])
def test_parts_of_a_dimension_that_lands_make_the_whole(given, step):
    """What parts of a dimension give lies side by side where the dimension ends up."""
    x = array(given)
    for d, n in enumerate(given):
        at = step.lands(given, d)
        if at is None:
            continue
        for middle in range(1, n):
            halves = np.split(x, [middle], d)
            parts = step.part(given, d, 0, middle), step.part(given, d, middle, n - middle)
            done = [numbers(part, half) for part, half in zip(parts, halves, strict=True)]
            np.testing.assert_array_equal(np.concatenate(done, at), numbers(step, x))


@pytest.mark.parametrize(("given", "step"), OPERATIONS, ids=lambda v: repr(v)[:60])
def test_a_dimension_lands_where_its_indices_are_the_only_ones_that_count(given, step):
    """Changing an index of a dimension that lands changes that index of the result alone."""
    x = array(given)
    for d in range(len(given)):
        at = step.lands(given, d)
        if at is None or given[d] == 1:
            continue
        other = x.copy()
        other[(slice(None),) * d + (1,)] += 1000
        apart = np.moveaxis(numbers(step, x) != numbers(step, other), at, 0)
        assert np.flatnonzero(apart.reshape(len(apart), -1).any(1)).tolist() == [1]


FOLDED = [
    (GIVEN, 1, (2, 4), 1, (4, 3, 10)),
    (GIVEN, 1, (2, 4), 1, (4, 3, 2, 5)),
    (GIVEN, 1, (3, 3), 1, (4, 2, 15)),
    ((4, 6), 1, (4, 2), 1, (4, 3, 2, 1)),
    ((12, 5), 0, (3, 9), 0, (4, 15)),
]


@pytest.mark.parametrize(("given", "d", "sizes", "at", "to"), FOLDED)
def test_segments_of_a_dimension_are_reshaped_one_by_one(given, d, sizes, at, to):
    x, step = array(given), Reshape(to)
    halves = np.split(x, [sizes[0]], d)
    parts = step.part(given, d, 0, sizes[0]), step.part(given, d, *sizes)
    done = [numbers(part, half) for part, half in zip(parts, halves, strict=True)]
    np.testing.assert_array_equal(np.concatenate(done, at), numbers(step, x))


@pytest.mark.parametrize("step", [Slice(1, 1, -1), Slice(1, 0, None, 3), Channels(1, 3, 3)])
def test_parts_of_the_dimension_that_an_operation_is_about_make_the_whole(step):
    x = array(GIVEN)
    done = [
        numbers(step.part(GIVEN, 1, start, n), x[:, start : start + n])
        for start, n in ((0, 2), (2, 4))
    ]
    np.testing.assert_array_equal(np.concatenate(done, 1), numbers(step, x))
