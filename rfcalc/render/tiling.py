"""How are tiles shown? Halo and sizes per axis, the cost, the numbers to set, the proof."""

from collections.abc import Sequence

from rfcalc import __version__
from rfcalc.documents import Data
from rfcalc.errors import many
from rfcalc.interior import told
from rfcalc.network import Network
from rfcalc.render.cropping import padding_lines, rim_data
from rfcalc.render.document import Column, Document, Lines, Table, by_axis, granted
from rfcalc.render.fields import unbounded_data
from rfcalc.render.setting import setting_data, setting_parts
from rfcalc.render.sizes import sizes_data, taken
from rfcalc.tiling.answer import Answer
from rfcalc.tiling.bioimage import Description
from rfcalc.tiling.halo import by_input
from rfcalc.tiling.plan import Plan
from rfcalc.tiling.proof import Proof
from rfcalc.tiling.sizes import AxisSizes
from rfcalc.verification.tiles import Compared

__all__ = ["answer_document"]

_NAMES = {"H": "height", "W": "width", "T": "time", "D": "depth"}

_COLUMNS = (
    Column("axis", keep=100),
    Column("tile", keep=90),
    Column("alignment", keep=90),
    Column("halo", keep=100),
    Column("halo, aligned", keep=95),
    Column("to cut", keep=80),
    Column("tiles", keep=60),
    Column("sizes that the network takes", "left", 70),
)
_HEADS = (*_COLUMNS[:-1], Column("by", "left", 94), _COLUMNS[-1])
SEAMS = 10
"""Most seams that are listed."""


def answer_document(
    found: Answer,
    rules: Sequence[AxisSizes],
    chosen: bool,
    proof: Proof | None,
    description: Description | None,
    model: Compared | None = None,
) -> Document:
    """Return the document of an answer; ``chosen`` says that the tile was the best that fits."""
    plan = found.plan
    moving, around = plan.grids, plan.halo
    size = "x".join(map(str, moving.size)) if moving.size else "size not given"
    several = len(moving.targets) > 1
    name = f"all {len(moving.targets)} outputs" if several else f"'{moving.name}'"
    title = f"{moving.network.name}: tiles for {name}   input {size}, {moving.network.dims}-D"
    names = _axes(moving.network)
    rows = tuple(
        (
            f"{axis}{names[axis]}",
            str(plan.tile[axis]) if moving.causes[axis] is None else "all",
            str(around.alignment[axis]),
            *(
                _pair(sides[axis]) if moving.causes[axis] is None else "-"
                for sides in (around.any, around.aligned, plan.cut.cut)
            ),
            "-" if plan.spans is None else str(len(plan.spans[axis])),
            *([around.by[axis]] if several else []),
            taken(rules[axis]),
        )
        for axis in range(len(plan.tile))
    )
    parts: list[Table | Lines] = [Table(title, _HEADS if several else _COLUMNS, rows)]
    parts.append(Lines("", tuple(_cost(plan, chosen) + padding_lines(found))))
    parts += setting_parts(found)
    if proof is not None:
        parts.append(Lines("proof", tuple(_proof(proof))))
    if model is not None:
        parts.append(Lines("proof", tuple(_comparison_rows(model))))
    parts += granted(plan.assumed)
    return Document(tuple(parts), _data(found, rules, proof, description, model))


def _axes(network: Network) -> list[str]:
    """Return what the layout calls each axis, with a space before it."""
    letters = [letter for letter in "".join(network.layouts[:1]) if letter not in "NC"]
    if len(letters) != network.dims:
        return [""] * network.dims
    return [f" {_NAMES[letter]}" if letter in _NAMES else "" for letter in letters]


def _pair(sides: tuple[int, int]) -> str:
    return str(sides[0]) if sides[0] == sides[1] else f"{sides[0]} + {sides[1]}"


def _cost(plan: Plan, chosen: bool) -> list[tuple[str, str]]:
    lines: list[tuple[str, str]] = []
    if any(plan.grids.causes):
        lines.append(("warning", f"not divided: an output {told(plan.grids.causes)}"))
    if len(plan.grids.sources) > 1:
        for name, one in by_input(plan.grids).items():
            lines.append(("", f"halo of '{name}': {', '.join(map(_pair, one.any))}"))
    if chosen:
        lines.append(("good", f"best tile: {by_axis(plan.tile)}"))
    share = f"{100 * plan.overhead:.1f} %"
    inner = "" if plan.spans is not None else " for a tile away from the borders"
    lines.append(("", f"overhead: {share} of the cells computed{inner} are thrown away"))
    if plan.count is not None and plan.pixels is not None:
        largest = f"the largest window has {many(plan.pixels, 'cell')}"
        lines.append(("", f"{many(plan.count, 'tile')}, {largest}"))
    else:
        lines.append(("dim", "the plan needs the input size: `input=(H, W)`"))
    return lines


def _inputs(plan: Plan) -> dict[str, Data]:
    """Return the halo of each input."""
    return {
        name: {"halo": _told(plan, one.any), "halo_aligned": _told(plan, one.aligned)}
        for name, one in by_input(plan.grids).items()
    }


def _told(plan: Plan, sides: Sequence[tuple[int, int]]) -> list[tuple[int, int] | None]:
    """Return what an axis has before and after; nothing on one that is not divided."""
    pairs = zip(sides, plan.grids.causes, strict=True)
    return [around if cause is None else None for around, cause in pairs]


_NOTHING = ("warning", "one window is the whole, and nothing is compared: give a smaller `tile=`")


def _proof(proof: Proof) -> list[tuple[str, str]]:
    halo = ", ".join(_pair(sides) for sides in proof.halo)
    if proof.tiles < 2:
        return [_NOTHING]
    if proof.ok:
        text = f"{proof.tiles:,} tiles equal the whole, bit for bit, with a halo of {halo}"
        return [("good", f"{text} ({many(proof.cells, 'output')})")]
    lines = [
        (
            "bad",
            f"{len(proof.seams):,} of {many(proof.tiles, 'tile')} differ with a halo of {halo}",
        )
    ]
    for seam in proof.seams[:SEAMS]:
        window = " x ".join(f"{low}..{high - 1}" for low, high in seam.tile.output)
        at = ", ".join(map(str, seam.first))
        lines.append(("bad", f"outputs {window}: {seam.cells:,} differ, the first at ({at})"))
    return lines


def _comparison_rows(found: Compared) -> list[tuple[str, str]]:
    """Return what a comparison of the model itself found."""
    if found.tiles < 2:
        return [_NOTHING]
    halo = ", ".join(_pair(sides) for sides in found.halo)
    equal = "equal the whole but for the order of sums" if found.ok else "differ from the whole"
    text = f"{found.tiles:,} tiles of the model itself {equal}, with a halo of {halo}"
    lines = [("good" if found.ok else "bad", text)]
    text = f"largest difference next to another tile {found.seams:.2g}, inside {found.inside:.2g}"
    lines.append(("", f"{text}, of values up to {found.largest:.3g} ({found.precision})"))
    if found.within:
        names = ", ".join(f"'{name}'" for name in found.within)
        lines.append(("warning", f"compared were values inside the model: {names}"))
    if found.per_tile:
        lines += _per_tile_rows(found)
    return lines


def _per_tile_rows(found: Compared) -> list[tuple[str, str]]:
    """Return what is computed of each tile alone, with the seam that each leaves by itself."""
    if found.held is None:
        names = ", ".join(found.per_tile[:SEAMS]) + (", .." if len(found.per_tile) > SEAMS else "")
        return [("warning", f"computed of each tile alone: {names}: a seam that no halo cures")]
    some = "" if found.tried == found.tiles else f", by {found.tried} of {found.tiles:,} tiles"
    lines = [("warning", f"computed of each tile alone, a seam that no halo cures{some}:")]
    unknown = (-1.0, "not known: it cannot be held at what it is on the whole")
    ranked = sorted(found.shares, key=lambda one: -(unknown[0] if one.seam is None else one.seam))
    for one in ranked[:SEAMS]:
        told = unknown[1]
        if one.seam is not None:
            part = 100 * one.seam / found.largest if found.largest else 0.0
            told = f"{one.seam:.2g} by itself, {part:.2g} % of the largest value"
        lines.append(("warning", f"  '{one.layer}' ({one.op}): {told}"))
    if len(ranked) > SEAMS:
        lines.append(("dim", f"  and {len(ranked) - SEAMS} more"))
    style = "good" if found.held <= found.tolerance else "bad"
    lines.append((style, f"with all of them as on the whole, a difference of {found.held:.2g}"))
    return lines


def _data(
    found: Answer,
    rules: Sequence[AxisSizes],
    proof: Proof | None,
    description: Description | None,
    model: Compared | None,
) -> dict[str, Data]:
    """Return the data of an answer; a number that does not exist is null."""
    plan = found.plan
    others = plan.each if len(plan.grids.targets) > 1 else ()
    tiles: list[dict[str, Data]] | None = None
    if plan.spans is not None:
        tiles = [{"input": tile.input, "output": tile.output} for tile in plan.tiles]
        listed = zip(*(other.tiles for other in others), strict=True)
        for made, same in zip(tiles, listed, strict=True) if others else ():
            named = zip(others, same, strict=True)
            made["outputs"] = {other.grids.name: tile.output for other, tile in named}
    return {
        "rfcalc": __version__,
        "layout": plan.grids.network.layouts or None,
        "tile": plan.tile,
        "alignment": plan.halo.alignment,
        "halo": _told(plan, plan.halo.any),
        "halo_aligned": _told(plan, plan.halo.aligned),
        "by": list(plan.halo.by),
        **setting_data(found),
        "inputs": None if len(plan.grids.sources) < 2 else _inputs(plan),
        "unbounded": unbounded_data(plan.grids.causes),
        "tiles": tiles,
        "overhead": plan.overhead,
        "whole": None if found.padded is None else found.padded.whole,
        "padded": None if found.padded is None else found.padded.size,
        "kept": None if found.padded is None else found.padded.kept[-1],
        "around": None if found.padded is None else rim_data(found.padded.rims[-1]),
        "pixels": plan.pixels,
        "sizes": [sizes_data(rule) for rule in rules],
        "bioimageio": None
        if description is None
        else {
            "halo": description.halo,
            "min": description.minimum,
            "step": description.step,
            "scale": description.scale,
            "offset": description.offset,
        },
        "verified": next(
            (one.ok for one in (proof, model) if one is not None and one.tiles > 1), None
        ),
        "differences": None
        if model is None
        else {
            "halo": model.halo,
            "largest_value": model.largest,
            "inside": model.inside,
            "seams": model.seams,
            "tolerance": model.tolerance,
            "precision": model.precision,
            "per_tile": model.per_tile,
            "shares": [
                {"layer": one.layer, "op": one.op, "seam": one.seam} for one in model.shares
            ],
            "held": model.held,
            "tried": model.tried,
            "within": list(model.within),
        },
        "exact": plan.exact,
        "assumed": plan.assumed,
    }
