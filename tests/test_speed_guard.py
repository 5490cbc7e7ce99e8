"""Has something become twice as slow? Ratios within one run, held against recorded ones.

Both sides of a ratio are CPU time of this process, measured in turns, the least of many: what
else the machine does changes little. The yardstick is plain Python of the same kind, so a ratio
says how much work there is and not how fast the machine is. To record anew, after a change that
is meant to cost more: ``python -m tests.test_speed_guard``.
"""

import sys
import time

import pytest

from benchmarks.networks import chain, dilated, field, residual
from rfcalc.architectures import zoo_text
from rfcalc.gates import check
from rfcalc.gridding.stages import stages
from rfcalc.layers import LAYERS
from rfcalc.loading import load
from rfcalc.masks import mask
from rfcalc.network import Draft, Input, build
from rfcalc.path_counts import paths
from rfcalc.repair import repair
from rfcalc.report import analyze
from rfcalc.spec import read_text

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        sys.gettrace() is not None,
        reason="what traces every line, as coverage does, slows unevenly",
    ),
]

FACTOR = 2.0
"""How many times its recorded ratio a case may take."""
TURNS, TRIES = 5, 3


def yardstick():
    """Some milliseconds of integers, tuples and dictionaries."""
    held, total = {}, 0
    for i in range(12_000):
        bits = (1 << i % 61) | i
        held[i & 255, bits & 7] = (bits, bits.bit_length())
        total += len(held) + (bits & bits - 1).bit_count()
    return total


def branches(number=48):
    drafts = [Draft("input", Input())]
    for rate in range(1, number + 1):
        layer = LAYERS["conv"](kernel=(3, 3), dilation=(rate, rate))
        drafts.append(Draft(f"branch{rate}", layer, (0,)))
    drafts.append(Draft("sum", LAYERS["add"](), tuple(range(1, number + 1))))
    return build("branches", 2, drafts, [None])


def resizes():
    drafts = [Draft("input", Input())]
    for number, n in enumerate((1021, 1019, 1021)):
        drafts.append(
            Draft(f"to{number}", LAYERS["upsample"](size_to=(n, n), mode="linear"), (number,))
        )
    return build("resizes", 2, drafts, [(1019, 1019)])


def over(function, *made, **options):
    return lambda: function(*made, **options)


def cases():
    """What is measured, by name."""
    resnet = load("zoo:resnet152", input=(224, 224))
    unet = load("zoo:unet-same", input=(256, 256))
    text = zoo_text("resnet152")
    holes = "layers:\n" + "".join(f"  - {{kernel: 3, dilation: {d}}}\n" for d in (2, 4, 8, 3))
    return {
        "analyze ResNet-152": over(analyze, resnet),
        "analyze DenseNet-264": over(analyze, load("zoo:densenet264")),
        "analyze a U-Net": over(analyze, unet),
        "analyze a chain of 1,000": over(analyze, chain(1000)),
        "analyze a dilated chain of 2,000": over(analyze, chain(2000, dilation=2)),
        "analyze 200 dilated blocks": over(analyze, residual(200, dilation=2)),
        "analyze 200 residual blocks": over(analyze, residual(200)),
        "analyze a field of 10^6": over(analyze, field(10**6)),
        "analyze 48 dilated branches": over(analyze, branches()),
        "analyze resizes between primes": over(analyze, resizes()),
        "read ResNet-152": over(read_text, text, "resnet152.yaml", size=None),
        "mask of ResNet-152 at a position": over(mask, resnet, at=(3, 3)),
        "path counts within ResNet-152": over(paths, resnet, resnet.nodes[60].name, at=(9, 9)),
        "gates of DeepLab": over(check, load("zoo:deeplabv3-resnet50"), {"no-gridding": True}),
        "fix of 2, 4, 8, 3": over(repair, holes, "holes.yaml"),
    }


RECORDED = {
    "analyze ResNet-152": 0.93,
    "analyze DenseNet-264": 2.2,
    "analyze a U-Net": 0.35,
    "analyze a chain of 1,000": 4.7,
    "analyze a dilated chain of 2,000": 30,
    "analyze 200 dilated blocks": 10,
    "analyze 200 residual blocks": 3.5,
    "analyze a field of 10^6": 0.45,
    "analyze 48 dilated branches": 7.8,
    "analyze resizes between primes": 2.1,
    "read ResNet-152": 1,
    "mask of ResNet-152 at a position": 0.21,
    "path counts within ResNet-152": 0.87,
    "gates of DeepLab": 0.45,
    "fix of 2, 4, 8, 3": 2.8,
}
"""Time of a case over that of the yardstick."""


def ratio(run, measure=yardstick, turns=TURNS):
    """The least time of a call over the least of the yardstick, in turns."""
    least = [float("inf"), float("inf")]
    for _ in range(turns):
        for number, side in enumerate((run, measure)):
            start = time.process_time()
            side()
            least[number] = min(least[number], time.process_time() - start)
    return least[0] / least[1]


def slower(run, recorded):
    """By which factor a call is slower than recorded; measured again while it seems too slow."""
    found = float("inf")
    for _ in range(TRIES):
        found = min(found, ratio(run) / recorded)
        if found <= FACTOR:
            break
    return found


@pytest.fixture(scope="module")
def measured():
    return cases()


@pytest.mark.parametrize("name", RECORDED)
def test_nothing_has_become_twice_as_slow(measured, name):
    assert slower(measured[name], RECORDED[name]) <= FACTOR


def test_every_case_has_its_recorded_ratio(measured):
    assert list(measured) == list(RECORDED)


def test_the_guard_notices_what_does_its_work_three_times(measured):
    run = measured["analyze a chain of 1,000"]
    # The least of as many as `slower` measures: one is too high where other work runs.
    recorded = min(ratio(run) for _ in range(TRIES))

    def slowed():
        for _ in range(3):
            run()

    assert slower(slowed, recorded) > FACTOR
    assert slower(run, recorded) <= FACTOR


def test_ten_times_the_layers_take_no_more_than_ten_times_the_time():
    short, long = chain(300), chain(3000)
    assert (
        min(ratio(over(analyze, long), over(analyze, short)) for _ in range(TRIES)) <= 10 * FACTOR
    )


GROWING = {
    "dilations 1, 2, 5": lambda layers: dilated([1, 2, 5] * (layers // 3)),
    "dilations 1, 2, 2": lambda layers: dilated([1, 2, 2] * (layers // 3)),
    "dilation 2": lambda layers: dilated([2] * layers),
    "dilations 2, 9": lambda layers: dilated([2, 9] * (layers // 2)),
    "residual blocks of dilation 2": lambda layers: residual(layers // 3, dilation=2),
}
"""Dilated networks of so many layers: solid, in steps, with holes at the rim, and merged."""


@pytest.mark.parametrize("made", GROWING.values(), ids=GROWING)
def test_a_dilated_network_of_ten_times_the_layers_takes_ten_times_the_time(made):
    short, long = made(300), made(3000)
    assert any(
        ratio(over(analyze, long), over(analyze, short), turns=1) <= 10 * FACTOR
        for _ in range(TRIES)
    )


def test_the_stages_of_ten_times_the_layers_are_found_in_ten_times_the_time():
    """At so many layers what compares each with each takes most of the time."""
    short, long = dilated([2] * 2000), dilated([2] * 20_000)
    assert any(
        ratio(over(stages, long), over(stages, short), turns=1) <= 10 * FACTOR for _ in range(TRIES)
    )


if __name__ == "__main__":
    for title, call in cases().items():
        print(f'    "{title}": {min(ratio(call) for _ in range(TRIES)):.3g},')  # noqa: T201
