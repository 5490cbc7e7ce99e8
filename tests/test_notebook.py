"""Do results show themselves in a notebook and to rich, and do they carry the right cells?"""

from html.parser import HTMLParser
from io import BytesIO, StringIO

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from rfcalc import notebook
from rfcalc.footprint import Footprint
from rfcalc.hdc import hdc_check
from rfcalc.interior import footprint
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.report import analyze
from rfcalc.taps import window
from tests.plots.reading import DARK, is_colour


class Cells(HTMLParser):
    """The texts of the table cells of a piece of HTML; its elements must be closed in order."""

    def __init__(self):
        super().__init__()
        self.open, self.texts = [], []

    def handle_starttag(self, tag, attrs):
        self.open.append(tag)
        if tag in ("td", "th"):
            self.texts.append("")

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_data(self, data):
        if self.open and self.open[-1] in ("td", "th"):
            self.texts[-1] += data


def read(html):
    parser = Cells()
    parser.feed(html)
    parser.close()
    assert parser.open == []
    return parser.texts


def printed(value):
    file = StringIO()
    Console(file=file, width=120, no_color=True).print(value)
    return file.getvalue()


def test_a_mask_is_a_picture_of_its_cells():
    found = mask(load("k3,k3d2,k3d9"))
    image = np.asarray(Image.open(BytesIO(found._repr_png_())).convert("RGB"))
    share = is_colour(image, DARK).sum() / (22 * 25) ** 2
    assert share == pytest.approx(found.density, abs=0.07)
    assert "conv3 on input: RF 25x25, 441 cells, density 0.7056" in printed(found)


def test_path_counts_are_a_picture():
    found = paths(load("k3,k3"))
    assert found._repr_png_().startswith(b"\x89PNG")
    assert printed(found) == "path counts of conv2 on input: 5x5 cells, 1 to 9 paths per cell\n"


def test_an_empty_mask_shows_nothing_and_fails_nowhere(tmp_path):
    (tmp_path / "n.yaml").write_text(
        "layers: [{conv_transpose: {kernel: 3, stride: 2, dilation: 2, padding: 0}}]"
    )
    network = load(tmp_path / "n.yaml")
    for found in (mask(network, phase=(1, 1)), paths(network, phase=(1, 1))):
        assert found._repr_png_() is None
        assert printed(found)


def test_a_report_is_its_table():
    report = analyze(load("k3,k3d2,k3d9"))
    texts = read(report._repr_html_())
    assert {"layer", "rf", "conv3", "25", "0.706"} <= set(texts)
    assert "gridded: 'conv3' samples 70.6%" in printed(report)


def test_a_verdict_is_its_rules():
    verdict = hdc_check([1, 2, 9])
    texts = read(verdict._repr_html_())
    assert any(text.startswith("M_2 = 5") for text in texts)
    assert "largest hole run" in printed(verdict)


def test_a_footprint_is_its_boxes(tmp_path):
    (tmp_path / "n.yaml").write_text("layers: [{kernel: 3, stride: 2}, global_pool]")
    network = load(tmp_path / "n.yaml")
    found = footprint(network, 0, 1)
    assert read(found._repr_html_())[7:14] == ["0", "0", "-1 .. 1", "3", "0", "2", "1"]
    assert found.boxes[0][0] == window(3, 2, 1, 1)
    assert "unbounded by global_pool1" in printed(footprint(network, 0, 2))


def test_a_footprint_that_reads_nothing_has_no_row():
    found = Footprint(())
    assert printed(found).splitlines() == [
        "footprint of 0 boxes",
        "box  axis  reads at 0  cells  largest hole  jump  phases",
    ]


def test_what_is_no_result_has_no_form():
    for form in (notebook.html, notebook.text):
        with pytest.raises(TypeError, match="int has no document"):
            form(3)


def test_names_are_text(tmp_path):
    (tmp_path / "n.yaml").write_text("layers: [{kernel: 3, name: '<b>x</b>'}]")
    assert "<b>x</b>" in read(analyze(load(tmp_path / "n.yaml"))._repr_html_())
