"""What does an analysis cost as networks grow? Depth, field, branches."""

from benchmarks.networks import chain, field, residual
from benchmarks.sides import cpu, peak, slope
from rfcalc.interior import growth
from rfcalc.loading import load
from rfcalc.report import analyze

DEPTHS = (10, 100, 1000, 10_000, 100_000)
EXTENTS = (10**2, 10**3, 10**4, 10**5, 10**6)


def test_depth(rows) -> None:
    """Time of `analyze` against depth, 10 to 100,000 layers: slope on logarithmic scales."""
    networks = [chain(depth) for depth in DEPTHS]
    for network in networks[:3]:
        analyze(network)
    times = rows.least(*[lambda n=n: analyze(n) and None for n in networks], rounds=3)
    rows.told(f"{slope(list(zip(DEPTHS, times, strict=True))):.2f}", "at most 1.1")


def test_depth_memory(rows) -> None:
    """Peak memory of `analyze` against depth, the same chains: slope."""
    peaks: list[float] = []
    rows.least(
        lambda: peaks.extend(peak(lambda d=d: analyze(chain(d))) for d in DEPTHS[:-1]), rounds=1
    )
    rows.told(f"{slope(list(zip(DEPTHS, peaks, strict=False))):.2f}", "at most 1.1")


def test_paths(rows) -> None:
    """`paths` of a chain of 300 3x3 layers, over the outer product of two lines of its counts."""
    import numpy as np

    from rfcalc.path_counts import paths

    network = load(",".join(["k3"] * 300))
    line = paths(load(",".join(["k3"] * 300), dims=1)).array().astype(object)
    assert paths(network).total == 9**300
    rows.ratio(
        lambda: cpu(lambda: paths(network)), lambda: cpu(lambda: np.multiply.outer(line, line))
    )


def test_field(rows) -> None:
    """`growth` of 13 layers with a field of 10^6 cells per axis, over one of 10^2, no holes."""
    large, small = field(10**6), field(10**2)
    rows.ratio(lambda: growth(large) and None, lambda: growth(small) and None, "at most 10", 15)


def test_field_with_holes(rows) -> None:
    """The same where every second cell is a hole: slope of time against field, 10^2 to 10^6."""
    networks = [field(extent, step=2) for extent in EXTENTS]
    times = rows.least(*[lambda n=n: growth(n) and None for n in networks], rounds=9)
    rows.told(f"{slope(list(zip(EXTENTS, times, strict=True))):.2f}", "below 1")


def test_field_memory(rows) -> None:
    """Peak memory of `growth`, a field of 10^6 cells with holes over one of 10^2."""
    large, small = field(10**6, step=2), field(10**2, step=2)
    found: list[int] = []
    rows.least(
        lambda: found.extend([peak(lambda: growth(large)), peak(lambda: growth(small))]), rounds=1
    )
    rows.told(f"{found[0] / found[1]:.3g} ({found[0] / 2**20:.1f} MB)")


def test_residual_blocks(rows) -> None:
    """`analyze` of 200 residual blocks (2^200 paths), over a chain of as many nodes."""
    blocks, plain = residual(200), chain(600)
    rows.ratio(lambda: analyze(blocks) and None, lambda: analyze(plain) and None, "at most 3", 15)


def test_densenet(rows) -> None:
    """`analyze` of DenseNet-264, per node, over a chain."""
    dense = load("zoo:densenet264")
    plain = chain(len(dense.nodes) - 1)
    rows.ratio(lambda: analyze(dense) and None, lambda: analyze(plain) and None, "at most 3", 15)


def test_check(rows) -> None:
    """Reading and all gates of 200 networks of the zoo, over composing their YAML."""
    import yaml

    from rfcalc.architectures import zoo_names, zoo_text
    from rfcalc.gates import check

    names = (zoo_names() * 4)[:200]
    gates = {"no-gridding": True, "min-rf": (1,)}

    def ours() -> None:
        for name in names:
            check(load(f"zoo:{name}"), gates)

    def yamls() -> None:
        for name in names:
            yaml.compose(zoo_text(name), yaml.CSafeLoader)

    per_file = cpu(ours) / len(names)
    rows.ratio(ours, yamls, rounds=3)
    rows.told(f"{per_file * 1e3:.1f} ms", "at most 5 ms", "The same, per file")
