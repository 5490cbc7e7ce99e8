"""The halos, fields and sizes of networks that people run, as numbers."""

import importlib.util
from fractions import Fraction
from pathlib import Path
from types import ModuleType

import pytest

from rfcalc.interior import growth
from rfcalc.loading import load
from rfcalc.network import Network
from rfcalc.spec import read_text
from rfcalc.tiling import halo, tile
from rfcalc.tiling.grids import grids
from rfcalc.tiling.padding import unpadded
from rfcalc.tiling.proof import verify
from rfcalc.tiling.sizes import sizes
from rfcalc.tiling.streams import stream

pytestmark = pytest.mark.slow

DOCS = Path(__file__).parents[2] / "docs"


@pytest.fixture(scope="module")
def unets() -> ModuleType:
    spec = importlib.util.spec_from_file_location("unet_halos", DOCS / "unet_halos.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture(scope="module")
def table(unets: ModuleType) -> list[str]:
    return list(unets.table())


def test_the_table_in_the_docs_is_what_its_command_prints(
    unets: ModuleType, table: list[str]
) -> None:
    page = (DOCS / "tiling.md").read_text(encoding="utf-8")
    assert unets.BEGIN + "".join(table) + unets.END in page


def test_the_table_says_what_a_hand_count_says(table: list[str]) -> None:
    """Reach of all convolutions in input cells, and one cell less than a bottom cell."""
    rows = [line.split("|")[1:-1] for line in table[2:]]
    found = {tuple(map(int, row[:3])): tuple(map(int, row[3:])) for row in rows}
    assert len(found) == 5 * 3 * 3
    for (depth, kernel, pool), (alignment, aligned, cut, anywhere) in found.items():
        half = (kernel - 1) // 2
        reach = sum(4 * half * pool**level for level in range(depth)) + 2 * half * pool**depth
        assert alignment == pool**depth
        assert anywhere == reach + pool**depth - 1
        assert reach <= aligned <= anywhere
        assert aligned <= cut < aligned + alignment
    assert found[5, 3, 2][3] == 219
    assert found[4, 3, 4][3] == 1107


@pytest.mark.parametrize(("depth", "kernel", "pool"), [(1, 3, 4), (2, 5, 2), (3, 3, 2), (5, 3, 2)])
def test_a_row_of_the_table_holds_in_numpy(
    unets: ModuleType, depth: int, kernel: int, pool: int
) -> None:
    text = unets.net(depth, kernel, pool, dims=1)
    moving = grids(read_text(text, "unet.yaml"))
    around, step = halo(moving), moving.alignment[0]
    size = -(-around.cut[0][0] // step) * step
    network = read_text(text, "unet.yaml", (3 * size,))
    plan = tile(network, size)
    (before, after), aligned = around.aligned[0], around.aligned
    assert verify(plan, aligned).ok
    for sides in ([(before - 1, after)], [(before, after - 1)]):
        assert any(not verify(plan, sides, seed).ok for seed in range(40))


def rf(network: Network, layer: str, source: str | None = None) -> int:
    rows = {row.name: row for row in growth(network, source).rows}
    found = rows[layer].rf
    assert found is not None
    return found[0]


def test_conv_tasnet() -> None:
    """1531 frames, 12,256 samples, 1.532 s at 8 kHz. Source: Luo and Mesgarani 2019."""
    network = load("zoo:conv-tasnet")
    in_samples, in_frames = stream(network, "masks"), stream(network, "masks", "encoder")
    assert in_frames.output.rf == 1531 == rf(network, "masks", "encoder")
    assert in_frames.output.look_back == in_frames.output.look_ahead == 765
    assert in_samples.output.rf == 12_256
    assert Fraction(in_samples.output.rf, 8000) == Fraction("1.532")
    assert in_samples.alignment == 8
    # A separator unit of rate d keeps 2d frames, and its shortcut waits for d of them.
    assert in_samples.buffer == 16 - 8 + 3 * (2 + 1) * 255


@pytest.mark.parametrize("kernel", [2, 3, 7])
@pytest.mark.parametrize("stacks", [1, 2])
@pytest.mark.parametrize("levels", [1, 4])
def test_tcn(kernel: int, stacks: int, levels: int) -> None:
    """``1 + 2 (K-1) * stacks * sum d``. Source: Bai, Kolter and Koltun 2018."""
    rates = [2**level for level in range(levels)]
    conv = "{{kernel: {k}, dilation: {d}, padding: causal}}"
    unit = f"  - residual: [{conv}, {conv}]"
    lines = [unit.format(k=kernel, d=rate) for rate in rates] * stacks
    network = read_text("dims: 1\nlayers:\n" + "\n".join(lines) + "\n", "tcn.yaml")
    found = stream(network)
    wanted = 1 + 2 * (kernel - 1) * stacks * sum(rates)
    assert found.output.rf == wanted
    assert (found.output.look_back, found.output.look_ahead) == (wanted - 1, 0)
    assert found.output.latency == found.latency == 0
    assert found.buffer == wanted - 1
    assert halo(grids(network)).any == ((wanted - 1, 0),)


def test_tcn_of_the_zoo() -> None:
    found = stream(load("zoo:tcn"))
    assert found.output.rf == 3061
    assert found.buffer == found.output.look_back == 3060


def test_wavenet() -> None:
    """1024 for a block, 3070 for three. Source: van den Oord et al. 2016.

    Source of the buffers: Paine et al. 2016 (Fast WaveNet): a queue of d samples per layer.
    """
    found = stream(load("zoo:wavenet"))
    assert (found.output.rf, found.output.look_back, found.output.look_ahead) == (3070, 3069, 0)
    assert (found.frame, found.latency, found.buffer) == (1, 0, 3069)
    queues = [sum(stage.buffer) for stage in found.stages if sum(stage.buffer)]
    assert queues == [2**i for i in range(10)] * 3
    assert stream(load("zoo:wavenet"), "block1").output.rf == 1024
    assert stream(load("zoo:wavenet"), frame=160).latency == 159


def test_unet_takes_multiples_of_16() -> None:
    rule = sizes(load("zoo:unet-same"))[0]
    assert (rule.step, rule.rests, rule.smallest) == (16, (0,), 16)


def test_the_unpadded_unet_takes_what_its_paper_takes() -> None:
    """572 to 388, and 188 is the smallest tile. Source: Ronneberger et al. 2015."""
    network = load("zoo:unet")
    rule = sizes(network)[0]
    assert (rule.step, rule.rests, rule.smallest) == (16, (572 % 16,), 188)
    assert unpadded(network) == (188, 188)
    assert halo(grids(network)).aligned == ((0, 188), (0, 188))


@pytest.mark.parametrize(
    ("name", "layer", "least"),
    [("alexnet-v2", None, 195), ("yu-koltun-context-basic", None, 67), ("srcnn", None, 13)],
)
def test_smallest_input_with_an_output_free_of_padding(
    name: str, layer: str | None, least: int
) -> None:
    """A field of that size fits at once where the jump is 1, or nothing is padded before it."""
    assert unpadded(load(f"zoo:{name}"), layer) == (least, least)
