"""What does each head's field cover? Theoretical and effective, per input and output."""

from fractions import Fraction

import msgspec

from rfcalc.coverage.effective import measure_effective
from rfcalc.errors import RfcalcError, fail
from rfcalc.footprint import Footprint, Unbounded
from rfcalc.interior import Row, extents, traced
from rfcalc.network import Input, Network
from rfcalc.objects import Objects
from rfcalc.shown import brief

__all__ = ["Head", "measure_heads"]


class Head(msgspec.Struct, frozen=True, kw_only=True):
    """The field of one output with respect to one input, and the share of objects it covers.

    Attributes
    ----------
    layer, source : the output, and the input or layer that it reads.
    field : extent per axis, cells of the source, of the phase with the largest field; ``None`` on
        an axis without end, where every object is covered.
    least : the same of the phase with the smallest field on each axis.
    effective : sides of the expected effective field: of the square that holds 95 % of the square
        root of the energy (theorem T10); ``None`` where it has no end or is not known.
    covered, covered_least, covered_effective : share of the objects that each covers.
    unbounded : for an axis without end the layer that makes it so.
    reason : why there is no effective field, empty where there is one.
    """

    layer: str
    source: str
    field: tuple[int | None, ...]
    least: tuple[int | None, ...]
    effective: tuple[int, ...] | None
    covered: Fraction
    covered_least: Fraction
    covered_effective: Fraction | None
    unbounded: tuple[Unbounded | None, ...] | None = None
    reason: str = ""
    assumed: tuple[str, ...] = ()

    def __repr__(self) -> str:
        return brief(f"Head({self.layer!r}, field={self.field}, covered={float(self.covered):.3f})")


def measure_heads(
    network: Network,
    objects: Objects,
    layer: str | None = None,
    source: str | None = None,
    cells: int | None = None,
) -> tuple[Head, ...]:
    """Return every pair of an output and an input that it reads, or the pairs that are named.

    ``cells`` bounds the fields whose effective field is measured.

    Raises
    ------
    RfcalcError
        RF401: an unknown layer; RF405: no path from the source; RF305: a mask beyond the limits.
    """
    targets = list(network.outputs)
    if layer is not None:
        targets = [network.index(layer, network.output)]
    origins = [i for i, node in enumerate(network.nodes) if isinstance(node.layer, Input)]
    if source is not None:
        origins = [network.index(source, 0)]
        if not isinstance(network.nodes[origins[0]].layer, Input):
            fact = f"the objects lie on an input, and '{source}' is a layer"
            raise fail("RF406", fact, "name an input with `source=`")
    found: list[Head] = []
    for origin in origins:
        behind = network.behind(origin)
        wanted = [target for target in targets if behind[target] and target != origin]
        if not wanted:
            continue
        name = network.nodes[origin].name
        grown, kept = traced(network, name, wanted)
        rows = {row.name: row for row in grown.rows}
        found += [
            _head(network, name, rows[network.nodes[target].name], kept[target], objects, cells)
            for target in wanted
        ]
    if not found:
        raise network.unjoined(origins[0], targets[-1])
    return tuple(found)


def _head(
    network: Network,
    source: str,
    row: Row,
    seen: Footprint,
    objects: Objects,
    cells: int | None,
) -> Head:
    if row.rf is None:
        fact = f"the field of '{row.name}' is not known"
        raise fail("RF305", fact, f"it reads '{row.unknown}', which is beyond the limits")
    least = tuple(
        None if extent is None else _least(seen, axis) for axis, extent in enumerate(row.rf)
    )
    effective, assumed, reason = None, (), ""
    if cells is not None and (row.volume or 0) > cells:
        reason = f"not measured of a change with a field of more than {cells:,} cells"
    else:
        try:
            effective, assumed = measure_effective(network, row.name, source, row.phase)
        except RfcalcError as fault:
            reason = fault.diagnostics[0].message
    return Head(
        layer=row.name,
        source=source,
        field=row.rf,
        least=least,
        effective=effective,
        covered=objects.covered(row.rf),
        covered_least=objects.covered(least),
        covered_effective=None if effective is None else objects.covered(effective),
        unbounded=row.unbounded,
        reason=reason,
        assumed=assumed,
    )


def _least(seen: Footprint, axis: int) -> int:
    """Return the smallest extent of a phase, of those that read something."""
    return min((n for n in extents(seen, axis) if n), default=0)
