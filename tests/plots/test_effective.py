"""Does the figure of an effective field draw the lines that its words name?"""

import numpy as np
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from rfcalc import erf
from rfcalc.plots.effective import effective_figure


@pytest.mark.parametrize("net", ["k5,k5,k5,k5", "k3,k3,k3d2,k3d2,k3d3,k3", "k3d9,k3d9"])
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
        # Up to eight cells mirror each other, and are inside together.
        held = values[inside].sum() / values.sum()
        assert share - 1e-9 <= held < share + 8 * values.max() / values.sum()
    assert axes.get_xlim() == (columns[0] - 0.5, columns[-1] + 0.5)


def test_a_map_in_blocks_stands_where_its_cells_are_and_holds_their_means():
    found = erf("k3,k3s2,k3s2,k3s2,k3d9,k3d9,k5d4")
    values = found.layers[0].maps["expected"]
    figure = effective_figure([found], dpi=40)
    (picture,) = figure.axes[0].images
    rows, columns = picture.get_array().shape
    left, right, low, high = picture.get_extent()
    step = (right - left) / columns
    assert step == (low - high) / rows
    assert step > 1
    assert step.is_integer()
    assert int(step) & int(step - 1) == 0
    start = found.layers[0].start
    assert (left, high) == (start[1] - 0.5, start[0] - 0.5)
    assert figure.axes[0].get_xlim() == (left, left + values.shape[1])
    step = int(step)
    for row, column in ((0, 0), (rows - 1, columns - 1), (rows // 2, columns // 2)):
        block = values[row * step : (row + 1) * step, column * step : (column + 1) * step]
        assert picture.get_array()[row, column] == pytest.approx(block.mean())


NETS = ["k3,k3s2,k3d2,k5d3", "k3,k3", "zoo:ksac-module"]


@pytest.mark.parametrize("size", [3.3, 7, None])
@pytest.mark.parametrize("count", [1, 3])
def test_no_words_are_cut_or_overlap_in_a_figure_of_one_or_two_columns(size, count):
    figure = effective_figure([erf(net) for net in NETS[:count]], size=size, dpi=100)
    render = FigureCanvasAgg(figure).get_renderer()
    boxes = [axes.get_tightbbox(render) for axes in figure.axes]
    boxes += [text.get_window_extent(render) for text in figure.texts if text.get_text()]
    page = figure.bbox
    for box in boxes:
        assert page.x0 <= box.x0 < box.x1 <= page.x1
        assert page.y0 <= box.y0 < box.y1 <= page.y1
    for number, one in enumerate(boxes):
        assert not any(one.overlaps(other) for other in boxes[:number])
    assert size is None or figure.get_figwidth() == size
