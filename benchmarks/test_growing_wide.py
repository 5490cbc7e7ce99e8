"""What does an analysis cost as networks grow wide? Strips, branches, inputs."""

import pytest

from benchmarks.networks import branches, inception_next, inputs, strips
from benchmarks.sides import slope
from rfcalc.library.pages import page
from rfcalc.loading import load
from rfcalc.report import analyze

WIDE = {
    "blocks of a 1x7 beside a 7x1, 25 to 400": (strips, (25, 50, 100, 200, 400)),
    "branches of unlike dilation, 32 to 512": (branches, (32, 64, 128, 256, 512)),
    "branches that are alike, 10 to 10,000": (
        lambda number: branches(number, alike=True),
        (10, 100, 1000, 10_000),
    ),
    "inputs, 125 to 1,000": (inputs, (125, 250, 500, 1000)),
}


@pytest.mark.parametrize("what", WIDE)
def test_width(rows, what) -> None:
    make, sizes = WIDE[what]
    networks = [make(size) for size in sizes]
    analyze(networks[0])
    times = rows.least(*[lambda n=n: analyze(n) and None for n in networks], rounds=3)
    found = slope(list(zip(sizes, times, strict=True)))
    rows.told(f"{found:.2f}", "at most 2", f"Time of `analyze` against {what}: slope")


def test_pages(rows) -> None:
    """Time of a page against branches that are alike, 125 to 2,000: slope."""
    sizes = (125, 500, 2000)
    networks = [branches(size, alike=True) for size in sizes]
    times = rows.least(*[lambda n=n: page(n) and None for n in networks], rounds=3)
    rows.told(f"{slope(list(zip(sizes, times, strict=True))):.2f}", "at most 2")


def test_inception_next(rows) -> None:
    """`analyze` of InceptionNeXt-S, per node, over ResNet-152."""
    wide, plain = inception_next(), load("zoo:resnet152")
    share = len(plain.nodes) / len(wide.nodes)
    times = rows.least(lambda: analyze(wide) and None, lambda: analyze(plain) and None, rounds=9)
    rows.told(f"{times[0] / times[1] * share:.1f}", "at most 10")
