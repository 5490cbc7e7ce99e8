"""Does the figure of an effective field draw the lines that its words name?"""

import numpy as np
import pytest

from rfcalc import erf
from rfcalc.plots.effective import effective_figure


@pytest.mark.parametrize("net", ["k5,k5,k5,k5", "k3,k3,k3d2,k3d2,k3d3,k3"])
def test_contours_hold_half_and_most_of_the_map(net):
    found = erf(net)
    figure = effective_figure([found])
    axes = next(axes for axes in figure.axes if axes.get_title() == "expected")
    values = found.layers[0].maps["expected"]
    first = found.layers[0].start
    rows, columns = (np.arange(n) + start for n, start in zip(values.shape, first, strict=True))
    cells = np.stack(np.meshgrid(columns, rows), -1).reshape(-1, 2)
    lines = [path for held in axes.collections for path in held.get_paths()]
    assert len(lines) == 2
    for line, share in zip(lines, (0.5, 0.95), strict=True):
        inside = line.contains_points(cells).reshape(values.shape)
        # A line runs between the cells: it may pass one more row of them on each side.
        assert values[inside].sum() / values.sum() == pytest.approx(share, abs=0.12)
    assert axes.get_xlim() == (columns[0] - 0.5, columns[-1] + 0.5)
