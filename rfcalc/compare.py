"""How do networks differ? Each against its own input, layers matched by their names."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from rfcalc.errors import fail
from rfcalc.growth import Row
from rfcalc.network import Network
from rfcalc.report import Report, analyze

__all__ = ["Comparison", "Matched", "compare"]


class Matched(msgspec.Struct, frozen=True):
    """One name, and the row of each network that has a layer of that name, else ``None``."""

    name: str
    rows: tuple[Row | None, ...]

    @property
    def everywhere(self) -> bool:
        """Whether all networks have the layer."""
        return None not in self.rows

    @property
    def differs(self) -> bool:
        """Whether two networks that have the layer see different things through it."""
        return len({_seen(row) for row in self.rows if row is not None}) > 1


class Comparison(msgspec.Struct, frozen=True):
    """Reports side by side; ``labels`` tell them apart, ``layers`` are matched by name."""

    labels: tuple[str, ...]
    reports: tuple[Report, ...]
    layers: tuple[Matched, ...]

    @property
    def differing(self) -> tuple[Matched, ...]:
        """Layers that all networks have, and that differ."""
        return tuple(layer for layer in self.layers if layer.everywhere and layer.differs)

    @property
    def alike(self) -> int:
        """Number of layers that all networks have and that do not differ."""
        return sum(layer.everywhere and not layer.differs for layer in self.layers)


def compare(
    networks: Sequence[Network],
    names: Sequence[str] | None = None,
    source: str | None = None,
    layer: str | None = None,
) -> Comparison:
    """Return networks side by side.

    Parameters
    ----------
    names : what to call the networks, by default their own names; equal ones are numbered.
    source, layer : the pair each network is judged by, by default its input and output.

    Raises
    ------
    RfcalcError
        RF406: fewer than two networks.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> [found.name for found in compare([load("k3,k3d2"), load("k3,k3d5")]).differing]
    ['conv2']
    """
    if len(networks) < 2:
        fact = f"there {'is' if networks else 'are'} {len(networks)} network{'s' * (not networks)}"
        raise fail("RF406", f"{fact} to compare", "name two or more: rfcalc compare NET NET")
    reports = tuple(analyze(network, source, layer) for network in networks)
    labels = _apart(list(names or (network.name for network in networks)))
    columns = [{row.name: row for row in report.rows[1:]} for report in reports]
    order: list[str] = []
    for column in columns:
        order = _woven(order, list(column))
    layers = tuple(Matched(name, tuple(c.get(name) for c in columns)) for name in order)
    return Comparison(labels, reports, layers)


def _seen(row: Row) -> tuple[object, ...]:
    """Return what a comparison of two rows is about."""
    return (row.node.layer.op, row.jump, row.rf, row.cells, row.largest_hole, row.unbounded)


def _apart(names: list[str]) -> tuple[str, ...]:
    """Return the names, equal ones with a number behind them."""
    return tuple(
        name if names.count(name) == 1 else f"{name}#{names[: position + 1].count(name)}"
        for position, name in enumerate(names)
    )


def _woven(first: list[str], second: list[str]) -> list[str]:
    """Return the names of both lists once, each list's own order kept where the two agree."""
    if not first:
        return second
    order: list[str] = []
    known = set(first)
    steps = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    for _, low, high, start, stop in steps:
        order += first[low:high]
        order += [name for name in second[start:stop] if name not in known]
    return order
