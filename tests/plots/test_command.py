"""Does `rfcalc heatmap` draw what it is asked, and refuse what it cannot before any work?"""

import json

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.errors import RfcalcError

pytestmark = pytest.mark.slow


def size(path):
    with Image.open(path) as image:
        return image.size


def run(*words):
    return CliRunner().invoke(app, ["heatmap", *map(str, words)])


@pytest.mark.parametrize("what", ["mask", "paths", "erf"])
@pytest.mark.parametrize("suffix", ["png", "svg", "pdf", "gif", "apng"])
def test_every_format_of_every_question_is_written(tmp_path, what, suffix):
    path = tmp_path / f"a.{suffix}"
    result = run("k3,k3d2", "--what", what, "-o", path, "--dpi", 60)
    assert result.exit_code == 0, result.output
    assert path.stat().st_size > 500
    assert "wrote" in result.stderr
    assert result.stdout == ""


@pytest.mark.parametrize(
    "options",
    [
        ["--layer", "conv2", "--source", "conv1"],
        ["--at", "3,4", "--input", "20,20"],
        ["--all-layers"],
        ["--compare", "k3,k3d3", "--compare", "k5"],
        ["--animate"],
        ["--cmap", "cividis", "--title", "A title", "--size", "3.5", "--what", "paths"],
        ["--scale", "log", "--what", "paths", "-q"],
    ],
    ids=lambda words: words[0],
)
def test_options_are_understood(tmp_path, options):
    path = tmp_path / "a.png"
    result = run("k3,k3d2,k3d5", "-o", path, "--dpi", 60, *options)
    assert result.exit_code == 0, result.output
    assert size(path)[0] > 100
    assert ("wrote" in result.stderr) == ("-q" not in options)


def test_a_picture_sets_the_input_size(tmp_path):
    image, path = tmp_path / "i.png", tmp_path / "a.png"
    Image.fromarray(np.full((40, 50, 3), 99, np.uint8)).save(image)
    assert run("k3,k3d2", "--overlay", image, "-o", path).exit_code == 0
    assert path.exists()


@pytest.mark.parametrize(
    ("text", "options", "kept"),
    [
        ("layers: [{kernel: 3}]", [], True),
        ("layers: [{kernel: 31}]", ["--at", "2,2"], True),
        # A lone cell with 20 zeros between the two that are read.
        ("layers: [global_pool, {kernel: 2, dilation: 20, padding: 10}]", [], False),
    ],
)
def test_a_picture_keeps_its_colours_where_it_is_read(tmp_path, text, options, kept):
    red = (200, 10, 20)
    (tmp_path / "net.yaml").write_text(text)
    Image.new("RGB", (8, 8), red).save(tmp_path / "i.png")
    path = tmp_path / "a.png"
    result = run(tmp_path / "net.yaml", "--overlay", tmp_path / "i.png", "-o", path, *options)
    assert result.exit_code == 0, result.output
    with Image.open(path) as image:
        colours = {colour for _, colour in image.convert("RGB").getcolors(1 << 24)}
    assert (red in colours) == kept


def test_the_size_of_the_figure_is_kept(tmp_path):
    path = tmp_path / "a.png"
    for inches, dpi in ((3.5, 100), (5, 60), (8, 150)):
        run("k3,k3d2,k3d9", "-o", path, "--size", inches, "--dpi", dpi)
        assert 0.8 * inches * dpi < size(path)[0] <= inches * dpi + 1


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("RF408", ["k3", "-o", "{}/a.bmp"]),
        ("RF408", ["k3", "-o", "{}/a.svg", "--animate"]),
        ("RF407", ["k3", "-o", "{}/no/a.png"]),
        ("RF407", ["does-not-exist.yaml", "-o", "{}/no/a.png"]),
        ("RF406", ["k3", "-o", "{}/a.png", "--all-layers", "--compare", "k3"]),
        ("RF406", ["k3", "-o", "{}/a.png", "--all-layers", "--at", "1,1", "--input", "9,9"]),
        ("RF403", ["k3", "-o", "{}/a.png", "--at", "1,1"]),
        ("RF404", ["{}/whole.yaml", "-o", "{}/a.png"]),
        ("RF421", ["k3", "-o", "{}/a.png", "--cmap", "nope"]),
        ("RF422", ["k3", "-o", "{}/a.png", "--dpi", "1"]),
        ("RF422", ["k3", "-o", "{}/a.png", "--size", "-3"]),
        ("RF423", ["k3", "-o", "{}/a.png", "--overlay", "{}/none.png"]),
        ("RF424", ["k3d50", "-o", "{}/a.png", "--overlay", "{}/small.png"]),
        ("RF409", ["k3d2,k9d3,k99d7,k9d4001,k9d40001", "-o", "{}/a.png", "--what", "paths"]),
    ],
)
def test_bad_input_is_a_diagnostic_and_nothing_is_written(tmp_path, code, words):
    Image.fromarray(np.zeros((20, 20, 3), np.uint8)).save(tmp_path / "small.png")
    (tmp_path / "whole.yaml").write_text("layers: [{kernel: 3}, global_pool]")
    before = sorted(path.name for path in tmp_path.iterdir())
    result = run(*[word.replace("{}", str(tmp_path)) for word in words])
    assert isinstance(result.exception, RfcalcError)
    assert [fault.code for fault in result.exception.diagnostics] == [code]
    assert sorted(path.name for path in tmp_path.iterdir()) == before


NAMES = {"math": r"$\frac{$", "prices": "price $5 to $6", "signs that the font lacks": "网络"}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
@pytest.mark.parametrize(
    "words",
    [
        ["heatmap", "{net}", "--what", "paths"],
        ["heatmap", "{net}", "--all-layers"],
        ["heatmap", "k3", "--compare", "{net}"],
        ["heatmap", "k3", "--title", "{name}"],
        ["growth", "{net}"],
        ["growth", "{net}", "k3"],
        ["growth", "k3", "--title", "{name}", "--size", "0.5"],
    ],
    ids=" ".join,
)
@pytest.mark.filterwarnings("error")
def test_names_and_titles_are_drawn_as_they_stand(tmp_path, name, words):
    net, path = tmp_path / "net.json", tmp_path / "a.svg"
    net.write_text(json.dumps({"name": name, "layers": [{"kernel": 3, "name": name}]}))
    shown = [word.format(net=net, name=name) for word in words]
    result = CliRunner().invoke(app, [*shown, "-o", str(path)])
    assert result.exception is None
    assert result.stderr == f"wrote {path}\n"
    # In an SVG every letter is named after its font; those of formulas are in italics.
    assert "Oblique" not in path.read_text()


def test_what_the_verdict_names_is_drawn_where_the_output_does_not_show_it(tmp_path, monkeypatch):
    """A hole-free output with a lattice run, a gridded stage behind a stride, an unbounded one."""
    from rfcalc import plots
    from rfcalc.loading import load
    from rfcalc.masks import mask
    from rfcalc.plots.announced import announced

    asked = []
    monkeypatch.setattr(
        plots, "compare", lambda found, **_: asked.append(found) or _heatmap(found[1])
    )
    _heatmap = plots.heatmap
    monkeypatch.setattr(
        plots, "heatmap", lambda found, **_: asked.append([found]) or _heatmap(found)
    )
    lattice, covered = "k3,k3d2,k3d4", "k3,k3d2,k3d5"
    global_net = tmp_path / "net.yaml"
    global_net.write_text(
        "layers: [{kernel: 3}, {stack: {kernel: 3, dilations: [2, 4]}}, global_pool]\n"
    )
    for net, pairs in (
        (lattice, [("conv3", "input"), ("conv3", "conv1")]),
        (covered, [("conv3", "input")]),
        ("k3d2,k3d4", [("conv2", "input")]),
        (global_net, [("conv3", "conv1")]),
    ):
        asked.clear()
        result = run(net, "-o", tmp_path / "a.png", "--dpi", 60)
        assert result.exit_code == 0, result.output
        assert [(f.question.layer, f.question.origin) for f in asked[0]] == pairs
    asked.clear()
    run(lattice, "--layer", "conv3", "-o", tmp_path / "a.png")
    assert len(asked[0]) == 1
    drawn = announced(load(lattice))
    assert drawn is not None
    assert mask(drawn.network, drawn.layer, drawn.source).region.holes


def test_a_bare_figure_has_the_width_asked_for_and_the_same_cells_without_words(tmp_path):
    """3.3 inches are a column of a paper, 7 both."""
    sizes = {}
    for name, more in (("full", []), ("untitled", ["--title", ""]), ("bare", ["--bare"])):
        for inches in (3.3, 7):
            path = tmp_path / f"{name}{inches}.png"
            words = [*more, "--size", inches, "--dpi", 100]
            assert run("k3,k3d2,k3d9", "-o", path, *words).exit_code == 0
            with Image.open(path) as picture:
                pixels = np.asarray(picture.convert("RGB")).reshape(-1, 3)
            held = int((pixels == (27, 58, 107)).all(axis=1).sum())
            sizes[name, inches] = (*picture.size, held)
    for inches in (3.3, 7):
        full, untitled, bare = (sizes[name, inches] for name in ("full", "untitled", "bare"))
        assert bare[0] <= round(100 * inches)
        assert full[1] > untitled[1] > bare[1]
        # The legend shows a square of the colour, the mask the same cells.
        assert full[2] == untitled[2] >= bare[2] > 0.9 * full[2]
    assert run("k3", "-o", tmp_path / "a.gif", "--bare").exit_code != 0


def test_a_stage_is_drawn_where_no_output_has_an_end(tmp_path):
    net = tmp_path / "net.yaml"
    net.write_text(
        "dims: 2\nlayers:\n- {kernel: 3}\n- {op: global_pool, over: [true, false], name: mean}\n"
        "- {kernel: [1, 3], dilation: 2, name: b}\n- {kernel: [1, 3], dilation: 2, name: c}\n"
        "- {op: relu, from: b, name: d}\n"
    )
    told = CliRunner().invoke(app, ["heatmap", str(net)])
    assert (told.exit_code, "stage 1 ('mean' -> 'c')" in told.stdout) == (0, True)
    drawn = CliRunner().invoke(app, ["heatmap", str(net), "-o", str(tmp_path / "out.png")])
    assert (drawn.exit_code, (tmp_path / "out.png").exists()) == (0, True)
