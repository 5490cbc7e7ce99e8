"""How do networks differ? Each against its own input, layers matched by name, then by place."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path

import msgspec

from rfcalc.comparison.matching import Matched, match
from rfcalc.errors import fail, many
from rfcalc.loading.several import load_all
from rfcalc.network import Network
from rfcalc.report import Report, analyze
from rfcalc.shown import AsPage, AsTable, brief

__all__ = ["Comparison", "Matched", "compare"]


class Comparison(msgspec.Struct, AsPage, AsTable, frozen=True):
    """Reports side by side; ``labels`` tell them apart, ``layers`` are matched."""

    labels: tuple[str, ...]
    reports: tuple[Report, ...]
    layers: tuple[Matched, ...]

    def __getitem__(self, label: str) -> Report:
        """Return the report of a network by its label."""
        for name, report in zip(self.labels, self.reports, strict=True):
            if name == label:
                return report
        raise KeyError(label)

    def __repr__(self) -> str:
        names = ", ".join(label[:30] for label in self.labels[:3])
        more = f" and {len(self.labels) - 3} more" if len(self.labels) > 3 else ""
        return brief(f"Comparison({names}{more}; {len(self.differing)} layers differ)")

    @property
    def exact(self) -> bool:
        """Whether nothing was taken for granted."""
        return not self.assumed

    @property
    def assumed(self) -> tuple[str, ...]:
        """What was taken for granted of the networks."""
        return tuple(dict.fromkeys(fact for report in self.reports for fact in report.assumed))

    @property
    def differing(self) -> tuple[Matched, ...]:
        """Layers that all networks have, and that differ."""
        return tuple(layer for layer in self.layers if layer.everywhere and layer.differs)

    @property
    def placed(self) -> tuple[Matched, ...]:
        """Layers that all networks have in the same place, by other names."""
        return tuple(
            layer
            for layer in self.layers
            if layer.everywhere and layer.placed and not layer.differs
        )

    @property
    def alike(self) -> int:
        """Number of layers of one name that all networks have and that do not differ."""
        return sum(
            layer.everywhere and not layer.differs and not layer.placed for layer in self.layers
        )


def compare(
    networks: Sequence[Network | str | Path],
    names: Sequence[str] | None = None,
    source: str | None = None,
    layer: str | None = None,
    *,
    input: Sequence[int] | Sequence[Sequence[int]] | None = None,
) -> Comparison:
    """Return networks side by side.

    Parameters
    ----------
    networks : networks, or what names them, as for ``load``.
    names : what to call the networks, by default their own names; equal ones are numbered.
    source, layer : the pair each network is judged by, by default its input and output.
    input : size or shape of the inputs of those that are named; each takes of it what it
        understands, as ``load_all`` says.

    Raises
    ------
    RfcalcError
        RF406: fewer than two networks, or another number of names; and as ``load_all``.

    Examples
    --------
    >>> [found.name for found in compare(["k3,k3d2", "k3,k3d5"]).differing]
    ['conv2']
    """
    if len(networks) < 2:
        fact = f"there {'is' if networks else 'are'} {len(networks)} network{'s' * (not networks)}"
        raise fail("RF406", f"{fact} to compare", "name two or more: `rfcalc.compare(NET, NET)`")
    named = [one for one in networks if not isinstance(one, Network)]
    loaded = iter(load_all(named, input=input)) if named else iter(())
    held = [one if isinstance(one, Network) else next(loaded) for one in networks]
    reports = tuple(analyze(network, layer, source) for network in held)
    if names is not None and len(names) != len(held):
        fact = f"{many(len(held), 'network')} have {many(len(names), 'name')}"
        raise fail("RF406", fact, "give one name for each")
    labels = _apart(list(names or (network.name for network in held)))
    return Comparison(labels, reports, match(reports))


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
