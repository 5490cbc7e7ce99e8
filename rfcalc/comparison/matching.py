"""Which layers of several networks are the same? Those of one name, then those of one place."""

from collections.abc import Sequence
from difflib import SequenceMatcher

import msgspec

from rfcalc.comparison.places import places, same_places
from rfcalc.interior import Row
from rfcalc.report import Report

__all__ = ["Matched", "match"]


class Matched(msgspec.Struct, frozen=True):
    """A layer, and its row in each network that has it, else ``None``.

    It has one name everywhere, or, as ``placed`` says, other names in the same place: the same
    op, kernel and dilation see the same field at the same jump and size.
    """

    name: str
    rows: tuple[Row | None, ...]

    @property
    def placed(self) -> bool:
        """Whether the layer has another name in another network."""
        return len({row.name for row in self.rows if row is not None}) > 1

    @property
    def everywhere(self) -> bool:
        """Whether all networks have the layer."""
        return None not in self.rows

    @property
    def differs(self) -> bool:
        """Whether two networks that have the layer see different things through it."""
        return len({_seen(row) for row in self.rows if row is not None}) > 1


def match(reports: Sequence[Report]) -> tuple[Matched, ...]:
    """Return the layers of all networks, each network's in its own order where they agree.

    Sizes belong to a place where all networks have the same input.
    """
    sized = len({report.network.input for report in reports}) == 1
    where = [places(report.rows, sized)[1:] for report in reports]
    columns = [report.rows[1:] for report in reports]
    layers: list[dict[int, int]] = []
    order: list[int] = []
    names: dict[str, int] = {}
    for number, rows in enumerate(columns):
        ids: dict[int, int] = {}
        for at, row in enumerate(rows):
            layer = names.get(row.name)
            if layer is not None and number not in layers[layer]:
                ids[at] = layer
                layers[layer][number] = at
        free = [layer for layer in order if number not in layers[layer]]
        left = [at for at in range(len(rows)) if at not in ids]
        known = [next(where[n][at] for n, at in layers[layer].items()) for layer in free]
        for a, b in same_places(known, [where[number][at] for at in left]):
            ids[left[b]] = free[a]
            layers[free[a]][number] = left[b]
        for at in range(len(rows)):
            if at not in ids:
                ids[at] = len(layers)
                layers.append({number: at})
            names.setdefault(rows[at].name, ids[at])
        order = _woven(order, [ids[at] for at in range(len(rows))])
    found: list[Matched] = []
    for layer in order:
        at = layers[layer]
        held = tuple(rows[at[n]] if n in at else None for n, rows in enumerate(columns))
        found.append(Matched(next(row.name for row in held if row is not None), held))
    return tuple(found)


def _seen(row: Row) -> tuple[object, ...]:
    """Return what a comparison of two rows is about."""
    return (row.node.layer.op, row.jump, row.rf, row.cells, row.largest_hole, row.sides)


def _woven(first: list[int], second: list[int]) -> list[int]:
    """Return what stands in either list once, each list's own order kept where the two agree."""
    if not first:
        return second
    order: list[int] = []
    known = set(first)
    steps = SequenceMatcher(None, first, second, autojunk=False).get_opcodes()
    for _, low, high, start, stop in steps:
        order += first[low:high]
        order += [one for one in second[start:stop] if one not in known]
    return order
