"""What is padded and cropped of an input of any size, and what does one window hold?"""

from rfcalc.documents import Data
from rfcalc.errors import many
from rfcalc.render.document import by_axis
from rfcalc.tiling.answer import Answer
from rfcalc.tiling.whole import Padded, Rim

__all__ = ["padding_lines", "rim_data"]


def padding_lines(found: Answer) -> list[tuple[str, str]]:
    """Return what is padded and cropped, and the axes that one window holds whole."""
    lines: list[tuple[str, str]] = []
    one, plan = found.padded, found.plan
    if one is not None and one.size != one.whole:
        before, after = ("x".join(map(str, size)) for size in (one.whole, one.size))
        lines.append(("warning", f"the network does not take {before}: pad at the end to {after}"))
    if one is not None:
        for number, target in enumerate(plan.grids.targets):
            lines += _cropping_lines(one, number, plan.grids.network.nodes[target].name)
    for axis, (tile, n) in enumerate(zip(plan.tile, plan.grids.size or (), strict=False)):
        if tile > n and plan.grids.causes[axis] is None:
            fact = f"a tile of {tile} is larger than the input on axis {axis}, of {many(n, 'cell')}"
            lines.append(("", f"{fact}: one window holds it all"))
    return lines


def _cropping_lines(one: Padded, number: int, name: str) -> list[tuple[str, str]]:
    """Return what is kept of an output, and what is padded around the input to have all of it."""
    kept, rim = one.kept[number], one.rims[number]
    lines: list[tuple[str, str]] = []
    if not all(kept):
        whole = "x".join(map(str, one.whole))
        lines.append(("warning", f"no output of '{name}' reads {whole} alone: layers do not pad"))
    elif one.size != one.whole:
        lines.append(("", f"of the outputs of '{name}' keep the first {'x'.join(map(str, kept))}"))
    if rim is not None:
        size, all_of_it = ("x".join(map(str, cells)) for cells in (rim.size, rim.kept))
        pad = f"pad {by_axis(rim.before)} before and {by_axis(rim.after)} after, to {size}"
        keep = f"keep the first {all_of_it} of '{name}'"
        lines.append(("", f"for outputs over the whole input: {pad}, and {keep}"))
        if rim.told == (False,) and rim.before[0]:
            every = rim.before[0] + rim.after[0]
            fact = f"where no output may look ahead, pad all {every} before"
            lines.append(("", f"this centres the fields; {fact}"))
    return lines


def rim_data(rim: Rim | None) -> dict[str, Data] | None:
    """Return the data of what is padded around an input that layers shrink."""
    if rim is None:
        return None
    return {"before": rim.before, "after": rim.after, "padded": rim.size, "kept": rim.kept}
