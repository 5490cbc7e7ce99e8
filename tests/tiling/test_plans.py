"""Plans cover the output once, the best tile is the best, and what cannot be is said clearly."""

from collections.abc import Sequence
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.gates import check
from rfcalc.loading import load
from rfcalc.network import Network
from rfcalc.report import analyze
from rfcalc.spec import read_text
from rfcalc.tiling import Plan, halo, tile
from rfcalc.tiling.best import best
from rfcalc.tiling.bioimage import below, described
from rfcalc.tiling.grids import grids
from rfcalc.tiling.one_channel import PRIME, STEPS, runner
from rfcalc.tiling.plan import TILE_LIMIT
from rfcalc.tiling.proof import verify
from rfcalc.tiling.windows import windows
from tests.tiling.drawn import tileable

pytestmark = pytest.mark.slow

SMALL = """
dims: 2
input: [96, 64]
layers:
  - {kernel: 3, name: skip}
  - maxpool: {kernel: 2}
  - {kernel: [3, 5]}
  - upsample: {scale: 2, name: up}
  - concat: {from: [skip, up]}
  - {kernel: 3}
"""


def refused(code: str, *words: str) -> "pytest.RaisesExc[RfcalcError]":
    def says(fault: RfcalcError) -> bool:
        text = str(fault)
        return [d.code for d in fault.diagnostics] == [code] and all(w in text for w in words)

    return pytest.raises(RfcalcError, check=says)


@settings(max_examples=60)
@given(tileable(), st.integers(1, 400))
def test_the_output_is_covered_once(network: Network, size: int) -> None:
    around = halo(grids(network))
    size = max(size, *around.any[0], 1)
    plan = tile(network, size)
    assert plan.spans is not None
    ends = [0, *(stop for span in plan.spans[0] for stop in span.output[1:])]
    assert [span.output[0] for span in plan.spans[0]] == ends[:-1]
    output = network.nodes[network.output].size
    assert output is not None
    assert ends[-1] == output[0]
    for span in plan.spans[0]:
        assert 0 <= span.input[0] < span.input[1] <= (network.input or (0,))[0]
        assert span.input[0] % plan.grids.alignment[0] == 0


def test_tiles_are_the_product_of_the_axes() -> None:
    plan = tile(read_text(SMALL, "net.yaml"), (32, 48))
    seen = np.zeros((96, 64), int)
    for one in plan.tiles:
        (a, b), (c, d) = one.output
        seen[a:b, c:d] += 1
    np.testing.assert_array_equal(seen, 1)
    assert plan.count == 3 * 2
    run = sum((h[1] - h[0]) * (w[1] - w[0]) for h, w in (one.input for one in plan.tiles))
    assert plan.overhead == 1 - 96 * 64 / run
    assert verify(plan).ok


def test_without_a_size_there_are_halos_and_no_plan() -> None:
    plan = tile(read_text(SMALL.replace("input: [96, 64]\n", ""), "net.yaml"), 32)
    assert (plan.spans, plan.count, plan.pixels) == (None, None, None)
    assert list(plan.tiles) == []
    cut = [32 + sum(sides) for sides in plan.halo.cut]
    assert plan.overhead == 1 - 32 * 32 / (cut[0] * cut[1])


@pytest.fixture(scope="module")
def every() -> list[Plan]:
    """Return the plans of all tiles on the alignment that are not smaller than the halo."""
    network = read_text(SMALL, "net.yaml")
    first, second = (max(sides) for sides in halo(grids(network)).aligned)
    return [
        tile(network, (a, b))
        for a in range(first + first % 2, 98, 2)
        for b in range(second + second % 2, 66, 2)
    ]


@pytest.mark.parametrize("most", [700, 1200, 2000, 3300, 5000, 6144])
def test_the_best_tile_is_the_best_of_all(every: list[Plan], most: int) -> None:
    moving = grids(read_text(SMALL, "net.yaml"))
    plan = best(moving, halo(moving), most)
    assert (plan.pixels or 0) <= most
    assert plan.overhead == min(p.overhead for p in every if (p.pixels or 0) <= most)


def test_a_halo_that_is_guessed_too_small_leaves_seams() -> None:
    plan = tile(load("zoo:unet-same", input=(384, 384)), 128)
    proof = verify(plan, [(64, 64), (64, 64)])
    assert not proof.ok
    assert len(proof.seams) == 9
    assert proof.cells == 384 * 384


@pytest.mark.parametrize(
    ("net", "layer"), [("zoo:unet-same", None), ("zoo:srcnn", None), ("zoo:resnet18", "features")]
)
def test_bioimageio_tiles_laid_side_by_side_are_the_whole(net: str, layer: str | None) -> None:
    """As a consumer does it: tiles of one size, the halo off both sides, the rest side by side."""
    moving = grids(load(net), layer)
    told = described(moving, halo(moving))
    size, shrink = told.minimum, moving.jump
    outputs = [int(n / j) + o for n, j, o in zip(size, shrink, told.offset, strict=True)]
    kept = [o - 2 * h for o, h in zip(outputs, told.halo, strict=True)]
    assert min(kept) > 0
    steps = [int(k * j) for k, j in zip(kept, shrink, strict=True)]
    whole = [n + 2 * step for n, step in zip(size, steps, strict=True)]
    generator = np.random.default_rng(0)
    run, image = runner(moving, generator), generator.integers(0, PRIME, (1, *whole)) / STEPS
    target = run([image])[0]
    inner = tuple(slice(h, o - h) for h, o in zip(told.halo, outputs, strict=True))
    at = (1,) * len(size)
    window = tuple(slice(k * s, k * s + n) for k, s, n in zip(at, steps, size, strict=True))
    found = run([image[(0, *window)][None]])[0]
    assert list(found.shape) == outputs
    place = tuple(slice(k + s.start, k + s.stop) for k, s in zip(kept, inner, strict=True))
    np.testing.assert_array_equal(found[inner], target[place])


def test_bioimageio_text_is_yaml() -> None:
    import yaml

    moving = grids(load("zoo:unet-same"))
    told = yaml.safe_load(described(moving, halo(moving)).text())
    axis = told["outputs"][0]["axes"][0]
    assert (axis["halo"], axis["size"]["offset"]) == (96, 0)
    assert told["inputs"][0]["axes"][1]["size"] == {"min": 208, "step": 16}


def test_the_unpadded_unet_falls_out_of_step_in_bioimageio() -> None:
    moving = grids(load("zoo:unet"))
    with refused("RF461", "multiple of 16"):
        described(moving, halo(moving))


def test_no_finite_halo_names_the_layer_to_blame() -> None:
    network = read_text(
        "{input: [64, 64], layers: [{kernel: 3}, {op: squeeze_excite, name: gate}, {kernel: 3}]}",
        "net.yaml",
    )
    with refused("RF404", "gate", "`ignore_global=True`"):
        tile(network, 16)
    plan = tile(network, 16, ignore_global=True)
    assert not plan.exact
    assert any("gate" in text for text in plan.assumed)
    assert plan.halo.any == ((2, 2), (2, 2))
    assert verify(plan).ok


@pytest.mark.parametrize(
    "layer",
    [
        "{adaptive_pool: {output: 8, name: it}}",
        "{upsample: {scale: 2, mode: bilinear, align_corners: true, name: it}}",
        "{slice: {start: -20, name: it}}",
        "{slice: {stop: 40, name: it}}",
    ],
)
def test_a_layer_that_goes_by_the_size_is_refused(layer: str) -> None:
    text = f"{{input: [64, 64], layers: [{{kernel: 3}}, {layer}]}}"
    with refused("RF463", "it"):
        tile(read_text(text, "net.yaml"), 16)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (
            "{inputs: {a: 64, b: 60}, layers: [{kernel: 5, padding: 0, from: a, name: p}, "
            "{op: add, from: [p, b]}]}",
            ("'a' and 'b' have different sizes",),
        ),
        (
            "{input: 65, layers: [{kernel: 3, stride: 2}, {op: upsample, size: 65, name: up}, "
            "{op: add, from: [input, up]}]}",
            ("do not move together", "'input' is 1", "'up' is 66/65"),
        ),
        ("{input: 64, layers: [{kernel: 3}, {op: flip, name: back}]}", ("back",)),
    ],
)
def test_grids_that_do_not_move_together_are_refused(text: str, words: Sequence[str]) -> None:
    with refused("RF463", *words):
        tile(read_text(text, "net.yaml"), 16)


def test_bioimageio_passes_over_sizes_that_the_network_does_not_take() -> None:
    """Blocks of four, then a window of three of them: 12 is the first size that is taken."""
    text = "{input: 64, layers: [{pixel_unshuffle: {factor: 4}}, {kernel: 3, padding: 0}]}"
    moving = grids(read_text(text, "net.yaml"))
    found = described(moving, halo(moving))
    assert (found.minimum, found.step) == ((12,), (4,))
    assert moving.sizes(12, 0)[moving.target] == 1


PADDED = "{input: 64, layers: [{kernel: 3, padding: 0}, {pad: {before: %d}}]}"
SLICED = "{input: 64, layers: [{slice: {start: 30}}, {pad: {before: 30}}]}"


def test_outputs_that_read_padding_alone_still_need_a_window_that_the_network_takes() -> None:
    plan = tile(read_text(PADDED % 4, "net.yaml"), 4)
    assert plan.count == 16
    assert verify(plan).ok


@pytest.mark.parametrize("text", [PADDED % 3, PADDED % 40, SLICED])
@pytest.mark.parametrize("most", [6, 19, 31, 52])
def test_the_best_tile_keeps_to_the_limit_near_borders_too(text: str, most: int) -> None:
    moving = grids(read_text(text, "net.yaml"))
    least = {PADDED % 40: 52, SLICED: 31}.get(text, 1)
    if most < least:
        with refused("RF461", f"allow at least {least} cells"):
            best(moving, halo(moving), most)
        return
    plan = best(moving, halo(moving), most)
    assert plan.pixels is not None
    assert plan.pixels <= most
    assert plan.spans is not None
    assert all(span.input[1] - span.input[0] <= most for span in plan.spans[0])
    assert verify(plan).ok


def test_bioimageio_looks_on_for_a_size_that_the_network_takes() -> None:
    moving = grids(read_text(SLICED, "net.yaml"))
    assert described(moving, halo(moving)).minimum == (31,)


def test_there_are_no_windows_of_a_size_that_the_network_cannot_take() -> None:
    moving = grids(read_text("{input: 64, layers: [{kernel: 9, padding: 0}]}", "net.yaml"))
    with refused("RF462", "no input of 8 cells"):
        windows(moving, 0, 8)


def test_resampling_to_a_size_is_resampling_by_a_ratio() -> None:
    text = "{input: [64, 64], layers: [{kernel: 3, stride: 2}, {upsample: {size: [64, 64]}}]}"
    assert verify(tile(read_text(text, "net.yaml"), 16)).ok


@pytest.mark.parametrize(
    ("size", "code", "words"),
    [
        (64, "RF460", ("64", "94", "96")),
        (100, "RF460", ("107",)),
        ((128, 128, 128), "RF406", ("3 values", "2 axes")),
        (0, "RF406", ()),
    ],
)
def test_tiles_that_cannot_be(size: int | Sequence[int], code: str, words: Sequence[str]) -> None:
    with refused(code, *words):
        tile(load("zoo:unet-same", input=(512, 512)), size)


def test_a_tile_over_a_whole_axis_needs_no_halo() -> None:
    plan = tile(load("zoo:unet-same", input=(64, 512)), (64, 128))
    assert plan.count == 4
    assert plan.spans is not None
    assert plan.spans[0][0].input == (0, 64)


def test_no_tile_fits() -> None:
    moving = grids(load("zoo:unet-same", input=(512, 512)))
    with refused("RF461", "82,944", "1,000"):
        best(moving, halo(moving), 1000)
    moving = grids(read_text("[{kernel: 3}]", "net.yaml"))
    with refused("RF403"):
        best(moving, halo(moving), 1000)


def test_more_tile_sizes_than_tiles_of_a_plan_are_not_tried() -> None:
    for size, code in ((TILE_LIMIT, ""), (TILE_LIMIT + 1, "RF409")):
        moving = grids(read_text(f"{{input: {size}, layers: [{{kernel: 3}}]}}", "net.yaml"))
        if code:
            with refused(code, f"{size:,} tile sizes", "`tile=`"):
                best(moving, halo(moving), size)
        else:
            assert best(moving, halo(moving), size).count == 1


def test_too_many_tiles() -> None:
    with refused("RF409", "16,777,216"):
        tile(read_text("[{kernel: 1}]", "net.yaml", (4096, 4096)), 1)


@given(st.integers(1, 99), st.integers(1, 99), st.integers(1, 200))
def test_the_scale_of_bioimageio_loses_no_cell(over: int, under: int, turns: int) -> None:
    """A consumer divides by it and cuts off: ``int(size * 1 / scale)``, sizes being multiples."""
    jump = Fraction(over, under)
    size = jump.numerator * turns
    assert int(size * 1.0 / below(jump)) == size / jump


@pytest.mark.parametrize(
    ("second", "helps"),
    [("attention: {over: [false, true]}", True), ("global_pool: {over: [false, true]}", False)],
)
def test_advice_names_ignore_global_only_where_it_leaves_something_aside(
    second: str, helps: bool
) -> None:
    layers = f"[{{global_pool: {{over: [true, false]}}}}, {{{second}}}]"
    network = read_text(f"{{input: [9, 9], layers: {layers}}}", "net.yaml")
    with pytest.raises(RfcalcError, match="no finite halo") as fault:
        tile(network, 4)
    said = [fault.value.diagnostics[0].help or ""]
    said += [failure.help for failure in check(network, {"max-rf": (3,), "no-holes": True})]
    said += [found.help for found in analyze(network).findings if found.code == "RG112"]
    assert ["`ignore_global=True`" in words for words in said] == [helps] * 4
