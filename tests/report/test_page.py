"""Does the page work in a browser, alone, and show the masks and counts that rfcalc knows?"""

import json
import time
from fractions import Fraction

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.path_counts import paths
from rfcalc.render.page import page
from rfcalc.report import analyze
from tests.report.browser import CHROMIUM, DRIVER, Browser
from tests.whole import sample

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (CHROMIUM and DRIVER), reason="chromium and chromedriver are missing"),
]
DOWN, UP, ENTER, END, HOME = "\ue015", "\ue013", "\ue007", "\ue010", "\ue011"
TIMES = " \u00d7 "
HELD, HOLE = (27, 58, 107), (255, 255, 255)


@pytest.fixture(scope="module", params=[(1280, 900), (390, 844)], ids=["desktop", "phone"])
def browser(request):
    window = Browser(*request.param)
    yield window
    window.close()


@pytest.fixture
def show(browser, tmp_path):
    """Open the page of some networks, and find it silent afterwards."""

    def opened(*networks, **options):
        path = tmp_path / "page.html"
        path.write_text(page([analyze(network) for network in networks], **options))
        browser.log("browser"), browser.log("performance")
        browser.open(path)
        return browser

    yield opened
    assert browser.log("browser") == []
    assert all(url.startswith(("file:", "data:")) for url in browser.requests())


def cells(browser, shape, number=0, colour=HELD):
    """Which cells of a canvas have a colour, each checked to be flat."""
    wide, high, data = browser.canvas(number)
    image = data.reshape(high, wide, 4)[..., :3]
    blocks = image.reshape(shape[0], high // shape[0], shape[1], wide // shape[1], 3)
    np.testing.assert_array_equal(blocks.min(axis=(1, 3)), blocks.max(axis=(1, 3)))
    return (blocks[:, 0, :, 0] == colour).all(axis=-1)


def row(name):
    return f"tr[data-words^='{name} ']"


def chosen(browser):
    return browser.run("return document.querySelector('.view h3').textContent")


NETS = ["k3,k3d2,k3d9", "zoo:esp-module", "zoo:aspp-module", "k3x7,k5x2d1x3"]


@pytest.mark.parametrize("net", sample(NETS, 2))
def test_a_click_shows_the_mask_of_a_layer(show, net):
    network = load(net)
    browser = show(network)
    for node in network.nodes[1:]:
        browser.click(row(node.name))
        assert chosen(browser) == node.name
        found = mask(network, node.name)
        np.testing.assert_array_equal(cells(browser, found.shape), found.array())
        words = browser.run("return document.querySelector('.facts').textContent")
        assert f"RF {TIMES.join(map(str, found.rf))}," in words
        assert f"{found.cells:,} of" in words
        assert ("no holes" in words) == (not found.region.holes)
        label = browser.run("return document.querySelector('canvas').getAttribute('aria-label')")
        assert label.startswith(f"Mask of {node.name} on input: RF")


def test_the_keyboard_alone_reaches_every_layer(show):
    network = load("k3,k3d2,k3d9,k3")
    browser = show(network)
    assert chosen(browser) == "conv4"
    browser.run("document.querySelector('tr[aria-selected=\"true\"]').focus()")
    for key, name in (
        (UP, "conv3"),
        (HOME, "input"),
        (DOWN, "conv1"),
        (DOWN, "conv2"),
        (END, "conv4"),
    ):
        browser.press(key)
        assert chosen(browser) == name
        assert browser.run("return document.activeElement.dataset.words").startswith(name)
        found = mask(network, name)
        np.testing.assert_array_equal(cells(browser, found.shape), found.array())
    assert (
        browser.run("return document.querySelectorAll('.layers tbody tr[tabindex=\"0\"]').length")
        == 1
    )


def test_a_mouse_over_a_layer_shows_it_until_it_leaves(show):
    network = load("k3,k3d2,k3d9")
    browser = show(network)
    over = (
        "document.querySelector(arguments[0]).dispatchEvent(new PointerEvent('pointerover',"
        "{bubbles: true, pointerType: 'mouse'}))"
    )
    browser.run(over, row("conv2") + " td:nth-child(2)")
    found = mask(network, "conv2")
    if browser.run("return window.innerWidth") < 900:
        assert chosen(browser) == "conv3"
        return
    assert chosen(browser) == "conv2"
    np.testing.assert_array_equal(cells(browser, found.shape), found.array())
    browser.run("document.querySelector('tbody').dispatchEvent(new PointerEvent('pointerleave'))")
    assert chosen(browser) == "conv3"


COUNTED = {
    "chain": "layers: [{kernel: 3}, {kernel: 3, dilation: 2, stride: 2}, {kernel: 2}]",
    "residual": "layers: [{kernel: 3}, {residual: [{kernel: 3, dilation: 2}, relu]}, {kernel: 3}]",
    "upsampled": "layers: [{kernel: 3, stride: 2}, {op: upsample, scale: 2, mode: linear}, "
    "{kernel: 3}]",
    "branches": "layers: [{parallel: {merge: concat, branches: [[{kernel: 1}], [{kernel: 3, "
    "dilation: 3}], [{conv_transpose: {kernel: 3, stride: 2}}, {maxpool: {kernel: 2}}]]}}]",
}


@pytest.mark.parametrize("text", COUNTED.values(), ids=COUNTED)
def test_the_page_counts_paths_as_rfcalc_does(show, text, tmp_path):
    (tmp_path / "n.yaml").write_text(text)
    network = load(tmp_path / "n.yaml")
    browser = show(network)
    for number, node in enumerate(network.nodes[1:], 1):
        row = next(r for r in analyze(network).rows if r.name == node.name)
        found = paths(network, node.name, phase=row.phase)
        got = browser.run(
            "const net = JSON.parse(document.getElementById('data').textContent).networks[0];"
            "const c = pathCounts(net, arguments[0], arguments[1], false);"
            "return [c.start, c.shape, [...c.data]];",
            number,
            list(row.phase),
        )
        assert got[0] == list(found.start)
        assert got[1] == list(found.shape)
        assert got[2] == found.counts.ravel().tolist()


@pytest.mark.parametrize("mode", ["zeros", "reflect", "replicate", "circular"])
@pytest.mark.parametrize("at", [(0, 0), (5, 11), (3, 4)])
def test_the_page_counts_paths_at_borders_as_rfcalc_does(show, mode, at, tmp_path):
    (tmp_path / "n.yaml").write_text(
        "input: [12, 24]\nlayers:\n"
        f"- {{kernel: 3, dilation: 2, padding_mode: {mode}, name: a}}\n"
        f"- {{kernel: 3, stride: 2, padding: 1, padding_mode: {mode}}}\n"
        "- residual: [{kernel: 3}, squeeze_excite]\n"
    )
    network = load(tmp_path / "n.yaml")
    found = paths(network, at=at)
    got = show(network).run(
        "const net = JSON.parse(document.getElementById('data').textContent).networks[0];"
        "const c = pathCounts(net, net.nodes.length - 1, arguments[0], true);"
        "return [c.start, c.shape, [...c.data]];",
        list(at),
    )
    whole = np.zeros((12, 24), dtype=int)
    window = tuple(slice(s, s + n) for s, n in zip(got[0], got[1], strict=True))
    whole[window] = np.array(got[2]).reshape(got[1])
    np.testing.assert_array_equal(whole, found.counts)


def test_path_counts_are_drawn_and_holes_stay_white(show):
    network = load("k3,k3d2,k3d9")
    browser = show(network)
    browser.click("input[value=paths]")
    found = paths(network)
    np.testing.assert_array_equal(cells(browser, found.shape, colour=HOLE), found.counts == 0)
    words = browser.run("return document.querySelector('.facts').textContent")
    assert "1 to 4 paths" in words


def test_a_hole_among_thousands_of_cells_survives_reduction(show):
    network = load("k2500x2500,k3x3d1x2600")
    browser = show(network)
    found = mask(network)
    assert found.region.holes
    wide, high, data = browser.canvas()
    white = (data.reshape(high, wide, 4)[..., :3] == 255).all(axis=2)
    told = browser.run("return document.querySelector('.told').textContent")
    step = int(told.split("shows ")[1].split()[0])
    line = found.array()[0]
    padded = np.ones(wide // 2 * step, dtype=bool)
    padded[: len(line)] = line
    marked = white[: 2 * (high // 2 - 1)].reshape(-1, 2, wide // 2, 2).any(axis=(1, 3))
    np.testing.assert_array_equal(
        marked, np.tile(~padded.reshape(-1, step).all(axis=1), (len(marked), 1))
    )


def test_one_axis_and_three_axes_are_drawn(show, tmp_path):
    network = load("k3,k3d2,k3d9", input=(64,))
    browser = show(network)
    wide, _, _ = browser.canvas()
    held = cells(browser, (1, 25))[0]
    assert wide % 25 == 0
    np.testing.assert_array_equal(held, mask(network).array())
    (tmp_path / "n.yaml").write_text("dims: 3\nlayers: [{kernel: [3, 5, 2], dilation: [2, 1, 3]}]")
    deep = load(tmp_path / "n.yaml")
    browser = show(deep)
    array = mask(deep).array()
    for axis in range(3):
        cut = array.take((array.shape[axis] - 1) // 2, axis=axis)
        np.testing.assert_array_equal(cells(browser, cut.shape, axis), cut)


def test_the_table_sorts_and_filters(show):
    browser = show(load("zoo:resnet50"))
    names = (
        "return [...document.querySelectorAll('table.layers tbody tr')].filter((r) => !r.hidden)"
    )
    rf = names + ".map((r) => parseFloat(r.cells[3].textContent))"
    before = browser.run(rf)
    browser.click("table.layers th:nth-child(4) button")
    assert browser.run(rf) == sorted(before)
    head = "return document.querySelector('table.layers th:nth-child(4)').getAttribute('aria-sort')"
    assert browser.run(head) == "ascending"
    browser.click("table.layers th:nth-child(4) button")
    assert browser.run(rf) == sorted(before, reverse=True)
    browser.click("table.layers th:nth-child(4) button")
    assert browser.run(rf) == before
    browser.type("input[type=search]", "maxpool")
    assert browser.run(names + ".map((r) => r.cells[1].textContent)") == ["maxpool1"]
    assert browser.run("return document.querySelector('.shown').textContent").startswith("1 of ")


def test_layers_with_holes_can_be_filtered(show):
    browser = show(load("k3,k3d2,k3d9,k3"))
    browser.click("input[name=holes]")
    shown = "return [...document.querySelectorAll('tbody tr.holes')].map((r) => r.hidden)"
    assert browser.run(shown) == [False]
    assert browser.run("return document.querySelector('.shown').textContent") == "1 of 5 layers"


def test_a_picture_keeps_its_colours_where_it_is_sampled(browser, tmp_path):
    image = tmp_path / "i.png"
    Image.fromarray(np.full((40, 60, 3), 120, np.uint8)).save(image)
    out = tmp_path / "p.html"
    result = CliRunner().invoke(
        app, ["report", "k3,k3d2,k3d9", "--image", str(image), "-o", str(out)]
    )
    assert result.exit_code == 0, result.output
    browser.log("browser")
    browser.open(out)
    for _ in range(50):
        if browser.run("return document.querySelectorAll('canvas').length"):
            break
        time.sleep(0.1)
    wide, high, data = browser.canvas()
    assert (wide, high) == (60, 40)
    shot = data.astype(int).reshape(40, 60, 4)[..., 0]
    found = mask(load("k3,k3d2,k3d9", input=(40, 60)), at=(19, 29)).array()
    np.testing.assert_array_equal(np.abs(shot - 120) < 6, found)
    assert browser.log("browser") == []


def test_networks_are_compared_on_one_page(show):
    first, second = load("k3,k3d2,k3d5"), load("k3d2,k3d2")
    browser = show(first, second)
    assert browser.run("return document.querySelectorAll('section.network').length") == 2
    links = browser.run("return [...document.querySelectorAll('nav a')].map((a) => a.textContent)")
    assert links == ["k3,k3d2,k3d5", "k3d2,k3d2"]
    found = mask(second)
    np.testing.assert_array_equal(cells(browser, found.shape, 1), found.array())


def test_an_unbounded_layer_says_so(show, tmp_path):
    (tmp_path / "n.yaml").write_text("layers: [{kernel: 3}, {op: global_pool, name: gap}]")
    browser = show(load(tmp_path / "n.yaml"))
    assert chosen(browser) == "conv1"
    assert browser.run("return document.querySelectorAll('canvas').length") == 1
    browser.click(row("gap"))
    words = browser.run("return document.querySelector('.facts').textContent")
    assert words == "sees the whole input through 'gap'"
    assert browser.run("return document.querySelectorAll('canvas').length") == 0


@pytest.mark.parametrize("over", [[1, 0], [0, 1], [0, 1, 0], [1, 1, 0]])
def test_the_axes_with_two_ends_are_drawn_where_others_have_none(show, over):
    """A mean over some axes sees all of these, and the mask of the layer before on the others."""
    body = [{"kernel": 3, "dilation": [n + 1, n + 2, n + 4][: len(over)]} for n in (1, 3)]
    pool = {"op": "global_pool", "over": [bool(one) for one in over], "name": "mean"}
    network = load({"dims": len(over), "layers": [*body, pool]})
    whole = mask(load({"dims": len(over), "layers": body})).array()
    found = whole.any(axis=tuple(axis for axis, one in enumerate(over) if one))
    browser = show(network)
    browser.click(row("mean"))
    assert chosen(browser) == "mean"
    facts = browser.run("return document.querySelector('.facts').textContent")
    words = TIMES.join(map(str, found.shape))
    assert facts.startswith(f"RF {words}, {found.sum()} of {found.size} cells"), facts
    assert "sees the whole input on" in facts
    assert browser.run("return document.querySelectorAll('canvas').length") == 1
    plane = found if found.ndim == 2 else found[None]
    np.testing.assert_array_equal(cells(browser, plane.shape), plane)
    labels = browser.run("return document.querySelector('.view').innerText")
    kept = [axis for axis, one in enumerate(over) if not one]
    names = ["row", "column"] if len(over) == 2 else ["slice", "row", "column"]
    assert [name for name in names if f"{name} (" in labels] == [names[axis] for axis in kept]
    browser.click("input[value=paths]")
    assert browser.run("return document.querySelectorAll('canvas').length") == 0
    assert "--at" in browser.run("return document.querySelector('.told').textContent")
    assert browser.log("browser") == []


def test_rows_of_stages_and_lattice_runs_open_their_masks(show):
    network = load("k3s2,k3d2,k3d2,k3,k3d2,k3d4,k1")
    report = analyze(network)
    browser = show(network)
    (stage,) = report.stages
    rows = [("stage", stage.measures.source, stage.measures.layer)]
    rows += [("lattice run", run.source, run.target) for run in stage.runs]
    assert len(rows) > 1
    for number, (kind, source, target) in enumerate(rows):
        browser.run("document.querySelectorAll('tr.opens')[arguments[0]].click()", number)
        assert chosen(browser).startswith(kind)
        found = mask(network, target, source)
        np.testing.assert_array_equal(cells(browser, found.shape), found.array())
        label = browser.run("return document.querySelector('canvas').getAttribute('aria-label')")
        assert f"of {chosen(browser)} on {source}: RF" in label
    browser.click(row("conv1"))
    assert chosen(browser) == "conv1"


def test_a_gridded_stage_is_seen_first_where_the_output_does_not_show_it(show):
    network = load("k5s2,k3d2,k3d2")
    report = analyze(network)
    assert report.stages[0].measures.holes
    assert not report.output.holes
    browser = show(network)
    assert browser.run("return document.querySelectorAll('canvas').length") == 1
    assert chosen(browser).startswith("stage 1: conv1")


def test_rows_stay_where_they_are_when_another_layer_is_chosen(show):
    browser = show(load("k3,k3d2,k3x9,k1"))
    place = "return document.querySelector(arguments[0]).getBoundingClientRect().top + scrollY"
    before = browser.run(place, row("conv2"))
    for name in ("conv1", "conv3", "input"):
        browser.click(row(name))
        assert browser.run(place, row("conv2")) == before


LONG = {
    "name": "a-network-of-a-name-that-no-line-of-a-page-of-any-width-has-room-for-" * 2,
    "layers": [
        {"kernel": 3, "dilation": 4, "name": f"encoder.stage_{n}.branch.conv_bn_relu.convolution"}
        for n in range(3)
    ],
}


@pytest.mark.parametrize("net", ["zoo:deeplabv3-resnet50", LONG])
def test_nothing_sticks_out_of_the_window(show, net):
    browser = show(load(net))
    wide = browser.run("return [document.documentElement.scrollWidth, window.innerWidth]")
    assert wide[0] <= wide[1]


def test_a_long_name_is_shown_whole_by_its_cell_and_takes_no_column_its_room(show):
    browser = show(load(LONG))
    name = LONG["layers"][0]["name"]
    assert browser.run("return document.querySelector('td[title]').title") == name
    rows = browser.run(
        "const rows = document.querySelector('.rows'); return [rows.scrollWidth, rows.clientWidth]"
    )
    assert rows[0] <= rows[1]


def test_paper_has_room_for_long_names_and_shows_the_colours_of_the_key(show):
    browser = show(load(LONG))
    browser.devtools("Emulation.setEmulatedMedia", {"media": "print"})
    browser.run("document.querySelectorAll('details').forEach((one) => { one.open = true; })")
    try:
        boxes = browser.run(
            "document.body.style.width = '718px';"  # A4 without its margins
            "return [...document.querySelectorAll('.scroll')]"
            ".map((box) => [box.scrollWidth, box.clientWidth])"
        )
        kept = browser.run(
            "return [...document.querySelectorAll('.key')]"
            ".map((key) => getComputedStyle(key).printColorAdjust)"
        )
    finally:
        browser.devtools("Emulation.setEmulatedMedia", {"media": ""})
    assert len(boxes) > 3
    assert all(wide <= room for wide, room in boxes), boxes
    assert set(kept) == {"exact"}


def test_the_row_of_what_is_shown_is_the_one_that_is_marked(show):
    browser = show(load("k3,k3,k3,maxpool2,k3d4"))
    marked = (
        "return [...document.querySelectorAll('section tr')].filter((row) => !row.matches(':hover')"
        " && getComputedStyle(row).backgroundColor !== 'rgba(0, 0, 0, 0)')"
        ".map((row) => row.dataset.words ?? row.cells[0].textContent)"
    )
    assert chosen(browser).startswith("stage 1")
    assert browser.run(marked) == ["1: maxpool1 -> conv4"]
    browser.run(f'document.querySelector("{row("conv2")}").click()')
    assert chosen(browser) == "conv2"
    assert [one.split()[0] for one in browser.run(marked)] == ["conv2"]


@pytest.mark.parametrize(("net", "most"), [("k3", 150), (LONG, 480)])
def test_a_small_picture_keeps_no_empty_room_on_a_phone(show, net, most):
    browser = show(load(net))
    tall = browser.run("return document.querySelector('.canvases').clientHeight")
    drawn = browser.run("return document.querySelector('.canvases').scrollHeight")
    assert drawn <= tall <= most + 20


HOSTILE = "<img src=x onerror=alert(1)></script><script>alert(2)</script>'\""


def test_names_are_text_and_nothing_else(show, tmp_path):
    (tmp_path / "n.json").write_text(
        json.dumps({"name": HOSTILE, "layers": [{"kernel": 3, "name": HOSTILE}]})
    )
    browser = show(load(tmp_path / "n.json"))
    assert chosen(browser) == HOSTILE
    assert browser.run("return document.querySelectorAll('img').length") == 0
    assert browser.run("return document.querySelectorAll('script').length") == 2


CONTRAST = """
const luminance = (c) => { const [r, g, b] = c.map((v) => { v /= 255;
  return v <= 0.03928 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4; });
  return 0.2126 * r + 0.7152 * g + 0.0722 * b; };
const parse = (s) => s.match(/[\\d.]+/g).map(Number);
const ground = (e) => { for (; e; e = e.parentElement) {
  const c = parse(getComputedStyle(e).backgroundColor);
  if (c.length < 4 || c[3] > 0) return c.slice(0, 3); }
  return [255, 255, 255]; };
const low = [];
for (const e of document.querySelectorAll('body *')) {
  const own = [...e.childNodes].some((n) => n.nodeType === 3 && n.textContent.trim());
  if (!own || e.closest('script, canvas, svg') || !e.offsetParent) continue;
  const [a, b] = [luminance(parse(getComputedStyle(e).color)), luminance(ground(e))];
  const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
  if (ratio < 4.5) low.push([e.tagName, e.className, e.textContent.slice(0, 30), ratio]);
}
return low;
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_text_has_contrast(show, scheme):
    browser = show(load("zoo:aspp-module"), load("k3,k3d2,k3d5"))
    features = [{"name": "prefers-color-scheme", "value": scheme}]
    browser.devtools("Emulation.setEmulatedMedia", {"features": features})
    ground = browser.run("return getComputedStyle(document.body).backgroundColor")
    assert (ground == "rgb(255, 255, 255)") == (scheme == "light")
    assert browser.run(CONTRAST) == []
    browser.devtools("Emulation.setEmulatedMedia", {"features": []})


def test_ticks_stand_at_the_middle_of_their_cells(show):
    network = load("k3,k3d2,k3d9")
    browser = show(network)
    found = mask(network)
    script = """
      const canvas = document.querySelector('.canvases canvas').getBoundingClientRect();
      const at = (side, low, size) => [...document.querySelectorAll('.ticks.' + side + ' span')]
        .map((tick) => { const box = tick.getBoundingClientRect();
          const middle = side === 'below' ? (box.left + box.right) / 2 : (box.top + box.bottom) / 2;
          return [Number(tick.textContent.replace('\\u2212', '-')), (middle - low) / size]; });
      return [at('aside', canvas.top, canvas.height), at('below', canvas.left, canvas.width)];
    """
    for axis, ticks in enumerate(browser.run(script)):
        assert len(ticks) > 2
        for cell, place in ticks:
            wanted = (cell - found.start[axis] + 0.5) / found.shape[axis]
            assert place == pytest.approx(wanted, abs=0.01)
    names = browser.run("return [...document.querySelectorAll('.ticks b')].map((b) => b.innerText)")
    assert names == ["row (pixels)", "column (pixels)"]


def test_an_axis_of_time_is_in_milliseconds_where_a_rate_is_given(show):
    network = load("k3,k3d2,k3d4,k3d8", dims=1, input=(64,))
    for rate, word, unit in ((None, "position (cells)", 1), (Fraction(4000), "time (ms)", 4)):
        browser = show(network, rate=rate)
        assert browser.run("return document.querySelector('.ticks b').textContent") == word
        ticks = browser.run(
            "return [...document.querySelectorAll('.ticks span')]"
            ".map((tick) => [tick.textContent, parseFloat(tick.style.left)])"
        )
        wide, first = 31, -15
        assert len(ticks) > 2
        for text, left in ticks:
            cell = float(text.replace("\u2212", "-")) * unit
            assert left == pytest.approx(100 * (cell + 0.5 - first) / wide, abs=0.01)


def test_networks_side_by_side_have_cells_of_one_size_and_links_open_their_sections(show):
    nets = [load("k3,k3d2,k3d5"), load("k3d2,k3d2")]
    browser = show(*nets)
    script = "return [...document.querySelectorAll('.beside canvas')].map((c) => c.clientWidth)"
    first, second = browser.run(script)
    assert first / second == pytest.approx(17 / 9, abs=0.05)
    assert browser.run("return [...document.querySelectorAll('details[open]')].length") == 0
    browser.click("nav a[href='#n1']")
    opened = browser.run("return document.querySelector('#n1 > details').open")
    assert opened


def test_the_layers_fit_beside_the_picture(show):
    browser = show(load("zoo:pspnet"))
    wide = browser.run(
        "const rows = document.querySelector('.rows'); return [rows.scrollWidth, rows.clientWidth]"
    )
    assert wide[0] <= wide[1]


def test_the_comparison_of_networks_is_not_cut(show):
    browser = show(load("k3,k3d2,k3d5"), load("k3d2,k3d2"), load("zoo:pspnet"))
    wide, room = browser.run(
        "const box = document.querySelector('nav .scroll');"
        "return [box.scrollWidth, box.clientWidth]"
    )
    assert wide <= room
    verdicts = browser.run(
        "return [...document.querySelectorAll('nav td:last-child')].map((cell) => cell.innerText)"
    )
    assert all(verdicts)


@pytest.mark.parametrize("net", ["k3d2,k3d2,k3d2", LONG])
def test_the_stages_are_not_cut(show, net):
    browser = show(load(net))
    boxes = browser.run(
        "return [...document.querySelectorAll('.scroll')].filter((box) => !box.closest('details'))"
        ".map((box) => [box.scrollWidth, box.clientWidth])"
    )
    assert boxes
    assert all(wide <= room for wide, room in boxes), boxes
