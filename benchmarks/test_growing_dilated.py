"""What does an analysis of dilated networks cost as they grow? Chains and residual blocks."""

from itertools import cycle, islice

import pytest

from benchmarks.networks import dilated, residual
from benchmarks.sides import peak, slope
from rfcalc.network import Network
from rfcalc.report import analyze

DEPTHS = (10, 100, 1000, 10_000, 100_000)
SOLID = {"1,2,5": (1, 2, 5), "2": (2,), "1,2,2": (1, 2, 2)}
"""Rates whose masks are solid or a progression: wanted linear to 100,000 layers."""
HOLED = {"2,9": (2, 9), "3,4,5": (3, 4, 5)}
"""Rates whose masks are neither near their rim: as measured, to 10,000 layers."""


def repeated(rates: tuple[int, ...], depth: int) -> Network:
    """Return a chain of 3x3 convolutions that goes through the rates again and again."""
    return dilated(list(islice(cycle(rates), depth)))


def told(rows, networks: list[Network], sizes: tuple[int, ...], wanted: str, title: str) -> None:
    """Add the row of a slope of time against size."""
    for network in networks[:2]:
        analyze(network)
    times = rows.least(*[lambda n=n: analyze(n) and None for n in networks], rounds=3)
    rows.told(f"{slope(list(zip(sizes, times, strict=True))):.2f}", wanted, title)


@pytest.mark.parametrize("rates", SOLID)
def test_dilated_depth(rows, rates) -> None:
    networks = [repeated(SOLID[rates], depth) for depth in DEPTHS]
    title = (
        f"Time of `analyze` against depth, dilations {rates} over and over, 10 to 100,000: slope"
    )
    told(rows, networks, DEPTHS, "at most 1.1", title)


@pytest.mark.parametrize("rates", HOLED)
def test_dilated_depth_with_holes(rows, rates) -> None:
    networks = [repeated(HOLED[rates], depth) for depth in DEPTHS[:-1]]
    title = f"Time of `analyze` against depth, dilations {rates} over and over, 10 to 10,000: slope"
    told(rows, networks, DEPTHS[:-1], "", title)


@pytest.mark.parametrize("rates", SOLID)
def test_dilated_memory(rows, rates) -> None:
    found: list[int] = []
    depth = DEPTHS[-2]
    network = repeated(SOLID[rates], depth)
    rows.least(lambda: found.append(peak(lambda: analyze(network))), rounds=1)
    title = f"Peak memory of `analyze` per layer, dilations {rates} over and over, {depth:,} layers"
    rows.told(f"{found[0] / depth / 1000:.1f} kB", "", title)


@pytest.mark.parametrize("rate", [2, 4])
def test_dilated_residual_blocks(rows, rate) -> None:
    blocks = (10, 100, 1000, 10_000)
    networks = [residual(number, rate) for number in blocks]
    title = f"Time of `analyze` against residual blocks of dilation {rate}, 10 to 10,000: slope"
    told(rows, networks, blocks, "at most 1.1", title)
