"""Which published claims on dilation can be settled by number? Each with its command."""

from collections.abc import Iterator

from rfcalc.energies import leak
from rfcalc.loading import load
from rfcalc.network import without_global
from rfcalc.report import Report, analyze

__all__ = ["claims"]

MAP = 65
"""Cells on a side of the map on which DeepLabV3 counts valid taps (Chen et al. 2017, figure 4)."""


def claims() -> Iterator[tuple[str, str, str]]:
    """Yield claim, what is counted and the command that shows it."""
    yield from _drn()
    yield from _fusion()
    yield from _denser()
    yield from _front_end()
    yield from _valid_taps()


def _drn() -> Iterator[tuple[str, str, str]]:
    claim = "DRN: dropping the shortcuts of the last layers (B to C) removes gridding"
    for name in ("drn-b-26", "drn-c-26"):
        network = without_global(load(f"zoo:{name}"))
        pair = network.index("layer4", 0), network.index("features", 0)
        share = leak(network, *pair, [2])[0]["1/2"]
        report = analyze(network, "features", "layer4")
        yield (
            claim,
            f"{name}: {_share(report)}; {share:.1%} of the energy alternates with a period of 2. "
            + ("The set is the same, its weights are not." if name == "drn-c-26" else ""),
            f"`rfcalc analyze zoo:{name} --source layer4 --layer features --measures`",
        )


def _fusion() -> Iterator[tuple[str, str, str]]:
    for name in ("esp-module", "esp-module-hff"):
        yield (
            "ESPNet: hierarchical feature fusion removes gridding artefacts",
            f"{name}: {_share(analyze(load(f'zoo:{name}')))}. The set is unchanged.",
            f"`rfcalc analyze zoo:{name}`",
        )


def _denser() -> Iterator[tuple[str, str, str]]:
    for name in ("aspp-module", "denseaspp-module"):
        report = analyze(load(f"zoo:{name}"))
        runs = report.stages[0].measures.sublattice_count
        yield (
            "DenseASPP: denser sampling than ASPP",
            f"{name}: {_share(report)}, on 1 of {runs} sublattices",
            f"`rfcalc analyze zoo:{name}`",
        )


def _front_end() -> Iterator[tuple[str, str, str]]:
    for layer in ("front", "lfe"):
        report = analyze(load("zoo:hamaguchi-lfe", set={"n": 2}), layer, "front1")
        yield (
            "LFE: rates that fall again let neighbours see what growing rates skip",
            f"from front1 to {layer}: {_share(report)}",
            f"`rfcalc analyze zoo:hamaguchi-lfe --set n=2 --source front1 --layer {layer}`",
        )


def _valid_taps() -> Iterator[tuple[str, str, str]]:
    for rate in (6, 12, 18, 24, 36):
        inside = max(0, MAP - 2 * rate) ** 2 / MAP**2
        yield (
            "DeepLabV3: with growing rates a 3x3 has fewer valid taps",
            f"rate {rate} on {MAP} x {MAP}: nine valid taps for {inside:.1%} of the outputs",
            f"`rfcalc analyze k3d{rate} --input {MAP},{MAP}`",
        )


def _share(report: Report) -> str:
    row = report.output
    assert row.rf is not None
    side = row.rf[0]
    return f"{row.cells:,} of {side} x {side} cells, {row.density:.1%}"
