"""How do networks differ? Each against its own input, layers matched by their names."""

from collections.abc import Sequence
from difflib import SequenceMatcher
from itertools import count

import msgspec

from rfcalc.errors import fail, many
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
        RF406: fewer than two networks, or another number of names.

    Examples
    --------
    >>> from rfcalc.loading import load
    >>> [found.name for found in compare([load("k3,k3d2"), load("k3,k3d5")]).differing]
    ['conv2']
    """
    if len(networks) < 2:
        fact = f"there {'is' if networks else 'are'} {len(networks)} network{'s' * (not networks)}"
        raise fail("RF406", f"{fact} to compare", "name two or more: rfcalc compare NET NET")
    reports = tuple(analyze(network, layer, source) for network in networks)
    if names is not None and len(names) != len(networks):
        fact = f"{many(len(networks), 'network')} have {many(len(names), 'name')}"
        raise fail("RF406", fact, "give one name for each")
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
    """Return the names, equal ones with a number behind them that no other has."""
    taken = set(names)
    found: list[str] = []
    for name in names:
        label = name
        if names.count(name) > 1:
            label = next(one for n in count(1) if (one := f"{name}#{n}") not in taken)
            taken.add(label)
        found.append(label)
    return tuple(found)


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
