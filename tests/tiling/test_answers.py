"""Do the numbers that people set give the whole, and is the practical halo what it says?"""

import json

import numpy as np
import pytest
from typer.testing import CliRunner

from rfcalc.cli import app
from rfcalc.energies import energy
from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.locations import locate
from rfcalc.masks import mask
from rfcalc.spec import read_text
from rfcalc.tiling import run, tile
from rfcalc.tiling.answer import answer
from rfcalc.tiling.effect import effects
from rfcalc.tiling.grids import grids
from rfcalc.tiling.halo import halo
from rfcalc.tiling.one_channel import runner
from rfcalc.tiling.proof import verify
from rfcalc.tiling.whole import at_size

LEVEL = """
layers:
  - {kernel: 3, name: stem}
  - {maxpool: {kernel: 2}}
  - {kernel: 3}
  - {upsample: {scale: 2}, name: up}
  - {concat: {}, from: [stem, up]}
  - {kernel: 3}
"""
CHAINS = ("k3,k3d2", "k3s2,k3", "k5,up2,k3", "k3p0,k5p0", "k4s2p0,k3p0,up2")


def slid(network, found, size):
    """Run windows of one size at one stride, each keeping the outputs of its own tile."""
    moving = at_size(grids(network), size)
    alone = runner(moving, np.random.default_rng(3))
    array = np.random.default_rng(0).integers(0, 999, (1, *size)) / 65536
    whole = alone([array])[0]
    window, stride = found.setting.window, found.setting.stride
    around, jump = found.plan.cut, moving.jump
    seen = 0
    for at in np.ndindex(*((n - w) // s + 1 for n, w, s in zip(size, window, stride, strict=True))):
        origin = [k * s for k, s in zip(at, stride, strict=True)]
        part = array[0][tuple(slice(o, o + w) for o, w in zip(origin, window, strict=True))]
        tiles = alone([part[None]])[0]
        inner, outer = [], []
        for axis, o in enumerate(origin):
            before = around.cut[axis][0]
            first, count = int(before / jump[axis]), int(stride[axis] / jump[axis])
            inner.append(slice(first, first + count))
            outer.append(
                slice(int((o + before) / jump[axis]), int((o + before) / jump[axis]) + count)
            )
        np.testing.assert_array_equal(tiles[tuple(inner)], whole[tuple(outer)])
        seen += 1
    return seen


@pytest.mark.parametrize("text", [*CHAINS, LEVEL])
def test_windows_of_one_size_at_the_stride_that_is_told_equal_the_whole(text):
    network = read_text(text, "net.yaml") if "\n" in text else load(text)
    found = answer(network, tile=16)
    assert found.setting is not None
    size = tuple(w + 2 * s for w, s in zip(found.setting.window, found.setting.stride, strict=True))
    assert slid(network, found, size) == 9


def test_without_a_size_a_window_is_proposed_and_its_ratio_gives_its_stride():
    for name in ("zoo:unet-same", "zoo:unet", "zoo:edsr", "zoo:conv-tasnet"):
        found = answer(load(name))
        assert found.setting in found.listed
        assert found.setting.wide
        for one in found.listed:
            for window, stride, ratio in zip(one.window, one.stride, one.ratio, strict=True):
                assert int(window * (1 - ratio)) == stride


def test_the_depth_that_is_told_for_dask_gives_the_whole():
    arrays = pytest.importorskip("dask.array")
    network = read_text(LEVEL + "input: [36, 36]\n", "net.yaml")
    found = answer(network, tile=12)
    (told,) = (words.values for words in found.words if words.tool == "dask")
    alone = runner(found.plan.grids, np.random.default_rng(3))
    array = np.random.default_rng(0).integers(0, 999, (36, 36)) / 65536
    depth = {axis: tuple(sides) for axis, sides in enumerate(told["depth"])}
    lazy = arrays.from_array(array, chunks=12).map_overlap(
        lambda x: alone([x[None]])[0], depth=depth, boundary=told["boundary"], dtype=float
    )
    found = lazy.compute(scheduler="synchronous")
    np.testing.assert_array_equal(found, alone([array[None]])[0])


@pytest.mark.parametrize("text", ["k3,k3d2", "k3s2,k3", "k5,up2,k3", LEVEL])
def test_the_effect_beyond_a_halo_is_that_of_the_cells_one_by_one(text):
    """Every output of a tile, by the energy at a position, cell by cell."""
    size, part = (48, 48), (16, 16)
    network = read_text(text, "n.yaml", size=size) if "\n" in text else load(text, input=size)
    moving = grids(network)
    told = list(effects(moving, halo(moving)).steps)
    jump, step = moving.jump[0], moving.alignment[0]
    for number, one in enumerate(told):
        worst = 0.0
        for i in range(int(part[0] / jump), int(2 * part[0] / jump)):
            found = energy(network, at=(i, int(20 / jump)))
            line = np.zeros(size)
            box = tuple(slice(s, s + n) for s, n in zip(found.start, found.shape, strict=True))
            line[box] = np.sqrt(found.array())[: size[0], : size[1]]
            rows = line.sum(1) / line.sum()
            before, after = one.halo[0]
            worst = max(worst, rows[: part[0] - before].sum(), rows[2 * part[0] + after :].sum())
        # Windows of other phases on the second axis weigh its columns a little otherwise.
        assert one.outside == pytest.approx(worst, rel=2e-2, abs=1e-12)
        assert one.halo[0][0] == min(number * step, halo(moving).cut[0][0])


def test_the_smallest_halo_leaves_at_most_the_share_and_one_step_less_leaves_more():
    network = load("zoo:edsr", input=(96, 96))
    exact = answer(network, tile=48)
    for share in (0.1, 0.01, 0.001):
        found = answer(network, tile=48, effect=share)
        chosen = found.practical.chosen
        assert chosen.outside <= share
        (less,) = (
            s for s in found.practical.effects.steps if s.halo[0][0] == chosen.halo[0][0] - 1
        )
        assert less.outside > share
        assert not found.plan.exact
        assert found.plan.overhead < exact.plan.overhead
        window = next(found.plan.tiles).input[0]
        assert window == (0, 48 + chosen.halo[0][1])


def test_tiles_with_a_smaller_halo_are_not_the_whole():
    plan = answer(load("k3,k3,k3,k3", input=(40, 40)), tile=20, effect=0.05).plan
    assert plan.cut.any[0] < plan.halo.any[0]
    assert not verify(plan, plan.halo.any).ok
    alone = runner(plan.grids, np.random.default_rng(0))
    array = np.random.default_rng(0).integers(0, 999, (1, 40, 40)) / 65536
    assert run(lambda x: alone([x]), array, plan).shape == (1, 40, 40)


def test_any_size_is_padded_to_one_that_the_network_takes_and_cropped_after():
    found = answer(load("zoo:unet-same"), tile=112, whole=(250, 224))
    assert found.padded.size == (256, 224)
    assert found.padded.kept == ((250, 224),)
    assert found.plan.grids.size == (256, 224)
    assert answer(load("zoo:unet"), tile=200, whole=(250, 252)).padded.size == (252, 252)
    assert answer(load("k3p0,k3p0"), tile=20, whole=30).padded.kept == ((26, 26),)


@pytest.mark.parametrize("text", ["k3p0,k5p0", "k3s2p0,k3p0", "k4p0,k2s2p0,k3p0,up2,k3p0"])
@pytest.mark.parametrize("size", [17, 22, 41])
def test_the_outputs_that_are_kept_read_the_input_alone_and_the_next_does_not(text, size):
    """Against the mask of every output of the padded input, pulled back by itself."""
    network = load(text, dims=1)
    padded = answer(network, tile=64, whole=size).padded
    sized = load(text, dims=1, input=padded.size)
    outputs = sized.nodes[-1].size[0]
    reads = [max(mask(sized, at=(o,)).region.bounds[0]) for o in range(outputs)]
    alone = next((o for o, last in enumerate(reads) if last >= size), outputs)
    assert padded.kept[0][0] == (outputs if padded.size == (size,) else alone)


@pytest.mark.parametrize(
    "text", ["k3{p},k5{p}", "k7s2{p},k3{p}", "k3{p},k3s2{p},k5d2{p}", "k4s2{p}"]
)
@pytest.mark.parametrize("size", [30, 31, 57])
def test_what_is_padded_around_a_network_that_shrinks_is_what_its_layers_would_pad(text, size):
    """Cell by cell the fields are those of the same network with centred padding."""
    shrinking, centred = (load(text.format(p=p), dims=1) for p in ("p0", ""))
    (rim,) = answer(shrinking, tile=64, whole=size).padded.rims
    assert rim.size[0] == rim.before[0] + size + rim.after[0]
    assert rim.kept[0] <= load(text.format(p="p0"), dims=1, input=rim.size).nodes[-1].size[0]
    assert rim.kept == (-(-size // int(shrinking.nodes[-1].jump[0])),)
    for cell in (0, rim.kept[0] - 1):
        ((low, high),) = locate(shrinking, at=cell)[0].box
        assert locate(centred, at=cell)[0].box == ((low - rim.before[0], high - rim.before[0]),)


def test_an_image_is_padded_by_92_cells_for_u_net_and_is_told_so_below_its_smallest_size():
    """Ronneberger et al. 2015: 388 x 388 outputs of 572 x 572 pixels, 92 less on each side."""
    words = ["tile", "zoo:unet", "--whole", "101,388"]
    told = CliRunner().invoke(app, words)
    assert told.exit_code == 0
    text = " ".join(told.stdout.split())
    assert "no output of 'score' reads 101x388 alone" in text
    assert "pad 92 before and 107x92 after, to 300x572, and keep the first 101x388" in text
    data = json.loads(CliRunner().invoke(app, [*words, "--format", "json"]).stdout)
    assert data["around"] == {
        "before": [92, 92],
        "after": [107, 92],
        "padded": [300, 572],
        "kept": [101, 388],
    }
    assert answer(load("zoo:unet-same"), whole=(101, 388)).padded.rims == (None,)


def test_an_axis_without_end_is_padded_to_a_size_alone():
    text = "layers: [{kernel: 3, padding: valid}, {op: sequence, over: [true, false]}]"
    (rim,) = answer(read_text(text, "net.yaml"), whole=(40, 50)).padded.rims
    assert (rim.before, rim.after, rim.size) == ((0, 1), (0, 1), (40, 52))
    assert rim.kept == (38, 50)


def test_at_another_size_an_input_of_one_cell_is_spread_as_if_read_there():
    """Of 4 cells both branches have one; of 64 the mean has one and the windows have 16."""
    text = """
    dims: 1
    input: [{}]
    layers:
      - {{kernel: 4, stride: 4, padding: valid, name: windows}}
      - {{global_pool: {{}}, name: mean, from: input}}
      - {{add: {{}}, from: [windows, mean]}}
    """
    small, there = (read_text(text.format(n), "net.yaml") for n in (4, 64))
    found = at_size(grids(small, time=0), (64,)).network
    assert small.nodes[-1].lone == ()
    assert found.nodes[-1].lone == there.nodes[-1].lone == ((False,), (True,))
    assert found.nodes[-1].reads == there.nodes[-1].reads


def test_a_model_that_leaves_its_size_open_is_read_at_the_whole(tmp_path):
    onnx = pytest.importorskip("onnx")
    make, tensor = onnx.helper, onnx.helper.make_tensor_value_info
    weight = onnx.numpy_helper.from_array(np.ones((2, 3, 3, 3), np.float32), "w")
    up = make.make_node("Resize", ["h", "", "s"], ["u"], mode="nearest")
    scale = onnx.numpy_helper.from_array(np.array([1, 1, 2, 2], np.float32), "s")
    nodes = [
        make.make_node("Conv", ["x", "w"], ["h"], pads=[1, 1, 1, 1], strides=[2, 2]),
        up,
        make.make_node("Concat", ["x", "u"], ["y"], axis=1),
    ]
    ends = [tensor("x", 1, [1, 3, None, None])], [tensor("y", 1, [1, 5, None, None])]
    graph = make.make_graph(nodes, "open", *ends, [weight, scale])
    path = str(tmp_path / "open.onnx")
    onnx.save(make.make_model(graph, opset_imports=[make.make_opsetid("", 17)], ir_version=8), path)
    for whole in ("101,64", "101", "100,63"):
        words = ["tile", path, "--whole", whole, "--format", "json"]
        data = json.loads(CliRunner().invoke(app, words).stdout)
        given = [*map(int, whole.split(","))] * (2 if "," not in whole else 1)
        assert data["whole"] == given
        assert data["padded"] == [n + n % 2 for n in given]
    found = CliRunner().invoke(app, ["tile", path])
    assert "not every size is written" in str(found.exception)


def test_an_axis_that_is_read_whole_is_no_part_of_the_window(tmp_path):
    text = (
        "dims: 2\nlayers:\n  - {conv: {kernel: [3, 3]}}\n  - {global_pool: {over: [true, false]}}\n"
    )
    (tmp_path / "net.yaml").write_text(text)
    shown = CliRunner().invoke(app, ["tile", str(tmp_path / "net.yaml"), "-f", "json"])
    data = json.loads(shown.output)
    assert (data["window"], data["overlap"]) == ([None, 256], [None, 2])


def test_tile_alone_answers_in_json():
    shown = CliRunner().invoke(app, ["tile", "zoo:unet-same", "--effect", "2%", "-f", "json"])
    data = json.loads(shown.output)
    assert data["halo_used"] == [[64, 64], [64, 64]]
    assert data["window"] == [256, 256]
    assert data["stride"] == [128, 128]
    assert data["overlap_ratio"] == [0.5, 0.5]
    assert data["tools"]["Real-ESRGAN"] == {"tile": 128, "tile_pad": 64}
    assert [one["outside"] for one in data["effect"]] == sorted(
        (one["outside"] for one in data["effect"]), reverse=True
    )
    assert data["exact"] is False


@pytest.mark.parametrize("share", ["0", "0%", "100%", "1", "-1%", "nan", "many", "%"])
def test_what_is_no_share_is_refused(share):
    with pytest.raises(RfcalcError, match="RF406"):
        CliRunner().invoke(app, ["tile", "k3", f"--effect={share}"], catch_exceptions=False)
    with pytest.raises(RfcalcError, match="RF406"):
        answer(load("k3"), effect=2)


def test_a_stride_off_the_alignment_has_no_overlap():
    assert answer(load("k3s2,k3"), tile=5).setting is None
    assert tile(load("k3s2,k3"), 5).halo.any == ((3, 2), (3, 2))


def test_a_smaller_halo_still_computes_every_output_of_a_network_without_padding():
    """Its outputs are fewer the smaller the window is: one that is cut further has too few."""
    network = load("k3p0,k5p0,k3p0,k5p0", input=(60, 52))
    plan = answer(network, tile=20, effect=0.3).plan
    assert plan.cut.any[0][1] < plan.halo.any[0][1]
    alone = runner(plan.grids, np.random.default_rng(0))
    array = np.random.default_rng(0).integers(0, 999, (1, 60, 52)) / 65536
    assert run(lambda x: alone([x]), array, plan).shape == alone([array]).shape


def test_an_axis_without_end_has_no_effect():
    text = "layers: [{kernel: 3}, {global_pool: {over: [true, false]}}]\n"
    with pytest.raises(RfcalcError, match="RF404 no effect on 'global_pool1'"):
        answer(read_text(text, "net.yaml"), effect=0.01)


def test_the_effect_of_several_outputs_and_inputs_is_the_largest_of_all():
    text = """
layers:
  - {kernel: 3, name: stem}
  - {conv: {kernel: 9, name: far}, from: stem}
  - {conv: {kernel: 1, name: near}, from: stem}
"""
    network = read_text(text, "net.yaml")
    both = answer(network, tile=32, effect=0.01)
    alone = {name: answer(network, name, tile=32, effect=0.01) for name in ("far", "near")}
    assert both.practical.chosen.halo == alone["far"].practical.chosen.halo
    for number, step in enumerate(both.practical.effects.steps):
        others = [list(one.practical.effects.steps) for one in alone.values()]
        assert step.outside == max(
            one[number].outside if number < len(one) else 0 for one in others
        )
        assert step.by == ("far" if step.outside else step.by)
