"""A stream computed step by step, cell by cell, keeps what is said and computes nothing twice."""

from collections import defaultdict

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rfcalc.errors import RfcalcError
from rfcalc.loading import load
from rfcalc.network import Network
from rfcalc.spec import read_inline, read_text
from rfcalc.taps import Taps
from rfcalc.tiling.grids import Grids, grids
from rfcalc.tiling.streams import stream
from tests.tiling.drawn import tileable

SAMPLES = 480
"""Length of the simulated stream; the steady state is looked for in its middle."""


def reads(moving: Grids, position: int, cell: int) -> list[int]:
    taps = moving.network.nodes[position].taps[0]
    assert isinstance(taps, Taps)
    return list(taps.read(cell))


def simulated(
    moving: Grids, frame: int
) -> tuple[dict[int, set[tuple[int, ...]]], dict[tuple[int, int], int], int]:
    """Return numbers of cells per step, the most cells kept per edge, and the longest wait.

    Cell by cell: a cell is there when all that it reads is, not before its predecessor, and is
    kept while a later cell of a reader that is not yet there reads it. Cells that would read
    what came before the stream began are taken to be there.
    """
    ready: dict[int, dict[int, int]] = {}
    for position in moving.order:
        jump = moving.jumps[position][0]
        count = int(SAMPLES / jump)
        if not moving.inputs[position]:
            ready[position] = {cell: cell for cell in range(count)}
            continue
        found: dict[int, int] = {}
        for cell in range(count):
            needs = reads(moving, position, cell)
            times = [
                ready[i].get(j, -1 if j < 0 else 10**9)
                for i in moving.inputs[position]
                for j in needs
            ]
            found[cell] = max([found.get(cell - 1, -1), *times])
        ready[position] = found
    steps: dict[int, set[tuple[int, ...]]] = defaultdict(set)
    kept: dict[tuple[int, int], int] = defaultdict(int)
    turns = moving.alignment[0]
    first = SAMPLES // 2 // frame
    for step in range(first, first + turns):
        end = (step + 1) * frame - 1
        for position in moving.order:
            new = [c for c, at in ready[position].items() if end - frame < at <= end]
            steps[position].add((step - first, len(new)))
            waiting = [c for c, at in ready[position].items() if at > end]
            for i in moving.inputs[position]:
                needed = {j for c in waiting for j in reads(moving, position, c)}
                there = {j for j in needed if ready[i].get(j, 10**9) <= end}
                kept[i, position] = max(kept[i, position], len(there))
    jump = moving.jump[0]
    middle = [c for c in ready[moving.target] if SAMPLES // 3 < jump * c < SAMPLES // 2]
    wait = max(
        (ready[moving.target][c] // frame + 1) * frame - 1 - int(jump * c // 1) for c in middle
    )
    return steps, kept, wait


@settings(max_examples=30)
@given(tileable(depth=2), st.integers(1, 9))
def test_simulation(network: Network, frame: int) -> None:
    moving = grids(network)
    assume(moving.alignment[0] <= 24 and len(moving.order) <= 12)
    found = stream(network, frame=frame)
    assume(found.output.rf < SAMPLES // 8)
    steps, kept, wait = simulated(moving, frame)
    assert max(0, wait) == found.latency
    for stage, position in zip(found.stages, moving.order, strict=True):
        assert stage.name == moving.network.nodes[position].name
        assert stage.buffer == tuple(kept[i, position] for i in moving.inputs[position])
        counts = [number for _, number in sorted(steps[position])]
        assert sorted(set(counts)) == sorted(set(stage.cells))
        # Nothing twice: over a cycle each sample is paid for once.
        cycle = len(stage.cells)
        assert sum(stage.cells) * stage.jump == cycle * frame


@settings(max_examples=40)
@given(tileable())
def test_field_is_look_back_itself_and_look_ahead_where_all_phases_are_alike(
    network: Network,
) -> None:
    out = stream(network).output
    jump = grids(network).jump[0]
    assume(jump.denominator == 1)
    assert out.rf <= out.look_back + jump + out.look_ahead
    assert out.latency >= out.look_ahead


def test_a_shortcut_waits_for_its_branch() -> None:
    text = "{dims: 1, layers: [{residual: [{kernel: 3, dilation: 4}]}]}"
    stages = stream(read_text(text, "net.yaml")).stages
    assert [stage.buffer for stage in stages] == [(), (8,), (4, 0)]


def test_strides_and_frames() -> None:
    text = (
        "{dims: 1, layers: [{kernel: 4, stride: 2, padding: causal}, {kernel: 3, padding: causal}]}"
    )
    network = read_text(text, "net.yaml")
    assert [s.cells for s in stream(network, frame=6).stages] == [(6,), (3,), (3,)]
    uneven = stream(network, frame=3)
    assert uneven.cycle == 2
    assert sorted(uneven.output.cells) == [1, 2]
    assert uneven.cells == 3


def test_a_frame_of_any_length_takes_no_longer() -> None:
    """The numbers of a long frame are those of a short one, moved on by whole cycles."""
    network = read_inline("k3s2,k3d2")
    short, long = (stream(network, axis=0, frame=n) for n in (10, 10**15))
    assert long.latency - short.latency == 10**15 - 10
    assert long.buffer == short.buffer
    assert [sum(stage.cells) for stage in long.stages] == [10**15, 10**15 // 2, 10**15 // 2]


@pytest.mark.parametrize(
    ("options", "code"),
    [({"frame": 0}, "RF406"), ({"axis": 1}, "RF406"), ({"layer": "nothing"}, "RF401")],
)
def test_faults(options: dict[str, object], code: str) -> None:
    with pytest.raises(RfcalcError) as caught:
        stream(load("zoo:tcn"), **options)  # pyright: ignore[reportArgumentType]
    assert [d.code for d in caught.value.diagnostics] == [code]


@pytest.mark.parametrize(
    ("layers", "told"),
    [
        ("{kernel: 3, stride: 4097}", "after 4,097 samples; the limit is 4,096"),
        (
            "{pixel_shuffle: {factor: 4096}}, {pixel_shuffle: {factor: 2}}",
            "after 1 sample of 8,192 outputs; the limit is 4,096",
        ),
    ],
)
@pytest.mark.parametrize("frame", [None, 1, 4097])
def test_a_rhythm_beyond_the_limits_is_refused_whatever_the_frame(
    layers: str, told: str, frame: int | None
) -> None:
    network = read_text(f"dims: 1\nlayers: [{layers}]", "net.yaml")
    with pytest.raises(RfcalcError, match=f"RF464 .*{told}"):
        stream(network, frame=frame)
    assert stream(read_text("dims: 1\nlayers: [{kernel: 3, stride: 4096}]", "a")).alignment == 4096


def test_several_axes_need_one_to_be_named() -> None:
    network = load("zoo:unet-same")
    with pytest.raises(RfcalcError, match="RF464"):
        stream(network)
    assert stream(network, axis=1).alignment == 16


def test_what_does_not_depend_on_the_source_has_no_stream() -> None:
    text = "{dims: 1, layers: [{kernel: 3, name: a}, {kernel: 3, from: input, name: b}]}"
    with pytest.raises(RfcalcError, match="RF405 'b' does not depend on 'a'"):
        stream(read_text(text, "net.yaml"), "b", "a")


@pytest.mark.parametrize(
    ("layers", "axis"),
    [
        ("{kernel: 3}", 0),
        ("{kernel: 3}, {global_pool: {over: [true, false]}}", 1),
        ("{op: sequence, side: before}", 0),
        ("{op: sequence, over: [true, false], side: both}, {op: sequence, side: before}", 1),
    ],
)
def test_the_axis_that_is_proposed_is_one_that_can_be_streamed(layers: str, axis: int) -> None:
    network = read_text(f"{{dims: 2, layers: [{layers}]}}", "net.yaml")
    with pytest.raises(RfcalcError, match=f"`axis={axis}`") as caught:
        stream(network)
    assert caught.value.diagnostics[0].code == "RF464"
