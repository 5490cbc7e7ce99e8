"""What is the effective field of a network that ends in a mean over all or some of its axes?"""

import itertools
from math import prod

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import rfcalc

pytest.importorskip("matplotlib")

KERNELS = ((3, 1, 1), (3, 1, 2), (3, 2, 1))
"""Kernel, stride and dilation of the layers before the mean, all of them centred."""


def counted(size, cells):
    """Paths from each cell of the input on one axis to the cells of the last map, one by one."""
    sizes = [size]
    for _, stride, _ in KERNELS:
        sizes.append((sizes[-1] - 1) // stride + 1)
    counts = np.zeros(size)
    for cell in range(sizes[-1]) if cells is None else [cells]:
        for taps in itertools.product(*(range(kernel) for kernel, _, _ in KERNELS)):
            at = cell
            for (kernel, stride, step), tap, held in reversed(
                list(zip(KERNELS, taps, sizes[:-1], strict=True))
            ):
                at = at * stride + step * (tap - (kernel - 1) // 2)
                if not 0 <= at < held:
                    break
            else:
                counts[at] += 1
    return counts


def pooled(size, over):
    layers = [{"kernel": k, "stride": s, "dilation": d} for k, s, d in KERNELS]
    pool = {"op": "global_pool", "name": "pool", **({"over": over} if over else {})}
    return {"dims": len(size), "input": list(size), "layers": [*layers, pool]}


@pytest.mark.parametrize(
    ("size", "over", "at"),
    [
        ((12, 15), None, None),
        ((12, 15), None, (0, 0)),
        ((7,), None, None),
        ((5, 6, 4), None, None),
        ((9, 30), [True, False], None),
        ((30, 9), [False, True], (2, 0)),
        ((30, 9), [False, True], None),
    ],
)
def test_paths_of_a_pooled_output_are_those_of_all_cells_that_it_pools(size, over, at):
    (layer,) = rfcalc.erf(pooled(size, over), at=at).layers
    assert layer.field == size
    over = over or [True] * len(size)
    seen = layer.at if at is None else at
    assert [cell for cell, whole in zip(seen, over, strict=True) if whole] == [0] * sum(over)
    axes = [
        counted(n, None if whole else cell) for n, whole, cell in zip(size, over, seen, strict=True)
    ]
    found = layer.maps["expected_squared"]
    wanted = axes[0]
    for axis in axes[1:]:
        wanted = np.multiply.outer(wanted, axis)
    assert prod(layer.maps["expected"].shape) == wanted.size
    assert_array_equal(found > 0, wanted > 0)
    assert_allclose(found, wanted / wanted.sum(), rtol=1e-12)
    assert_allclose(layer.maps["expected"], wanted**0.5 / (wanted**0.5).sum(), rtol=1e-12)


@pytest.mark.parametrize("over", [None, [True, False]])
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf"])
def test_a_pooled_output_is_drawn_over_the_whole_input(tmp_path, over, suffix):
    from rfcalc.plots import render
    from rfcalc.plots.effective import effective_figure

    found = rfcalc.erf(pooled((9, 30), over))
    figure = effective_figure([found])
    axes = next(axes for axes in figure.axes if axes.get_title() == "expected")
    assert axes.get_xlim() == (-0.5, 29.5)
    assert sorted(axes.get_ylim()) == [-0.5, 8.5]
    assert len(render(figure, suffix)) > 500


@pytest.mark.parametrize("whole", [True, False])
def test_gradients_of_a_pooled_model_lie_where_they_are_expected(whole):
    torch = pytest.importorskip("torch")
    nn = torch.nn
    chain = nn.Sequential(
        *(
            nn.Conv2d(1, 1, k, stride=s, dilation=d, padding=d * (k // 2), bias=False).double()
            for k, s, d in KERNELS
        ),
        nn.AdaptiveAvgPool2d(1 if whole else (1, None)),
    )
    with torch.no_grad():
        for layer in list(chain)[:-1]:
            layer.weight.fill_(1.0)
    (layer,) = rfcalc.erf(chain, input=(1, 1, 9, 30), samples=2).layers
    column = counted(30, None if whole else layer.at[1])
    wanted = np.multiply.outer(counted(9, None), column)
    start = layer.start
    rows, columns = layer.maps["measured"].shape
    cut = wanted[start[0] : start[0] + rows, start[1] : start[1] + columns]
    assert cut.sum() == wanted.sum()
    assert_allclose(layer.maps["measured"], cut / cut.sum(), rtol=1e-12, atol=0)
    assert_allclose(layer.maps["expected_squared"], cut / cut.sum(), rtol=1e-12, atol=0)
