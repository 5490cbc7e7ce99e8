"""Which digits of its operands does a result keep, and which are read whole?"""

from collections.abc import Sequence

from rfcalc.importers.aligning import Label
from rfcalc.importers.axes import Factor, Tensor, overlap, refined
from rfcalc.importers.graph import Graph, lost

__all__ = ["claimed_by", "crossed_in", "hidden_from"]


def claimed_by(
    graph: Graph,
    live: Sequence[tuple[Tensor, tuple[Label, ...]]],
    out: Sequence[Label],
    sizes: dict[Label, int],
) -> tuple[list[dict[Label, list[Factor]]], dict[Label, list[Factor]]]:
    """Return each operand's digits, cut alike, and those of the result: first come, first kept."""
    held: list[dict[Label, list[Factor]]] = [{} for _ in live]
    result: dict[Label, list[Factor]] = {}
    claimed: list[Factor] = []
    for label in [*out, *(label for label in sizes if label not in out)]:
        who = [
            (i, value.dims[labels.index(label)])
            for i, (value, labels) in enumerate(live)
            if label in labels and value.dims[labels.index(label)]
        ]
        cut = refined([dim for _, dim in who])
        if cut is None:
            raise lost(graph.here, "its operands are laid out in ways that do not match")
        for (i, _), digits in zip(who, cut, strict=True):
            held[i][label] = digits
        if label not in out:
            continue
        if not cut:
            result[label] = [Factor(sizes[label])]
            continue
        result[label] = []
        for digits in zip(*cut, strict=True):
            free = [
                f for f in digits if f.axis is not None and not any(overlap(f, c) for c in claimed)
            ]
            result[label].append(free[0] if free else Factor(digits[0].size))
            claimed += free[:1]
    return held, result


def hidden_from(
    graph: Graph,
    held: dict[Label, list[Factor]],
    result: dict[Label, list[Factor]],
    out: Sequence[Label],
) -> tuple[Factor, ...]:
    """Return an operand's digits that its cells do not share with those of the result."""
    kept = [f for digits in result.values() for f in digits if f.axis is not None]
    found: list[Factor] = []
    for label, digits in held.items():
        for position, factor in enumerate(digits):
            if factor.axis is None:
                continue
            if label in out:
                there = result[label][position]
                if there == factor:
                    continue
                if there.axis is not None:
                    raise lost(graph.here, "it combines positions with others, as a transpose does")
            if not any(overlap(factor, other) for other in kept):
                raise lost(graph.here, "it lays one axis over another")
            found.append(factor)
    return tuple(found)


def crossed_in(
    held: Sequence[dict[Label, list[Factor]]], result: dict[Label, list[Factor]]
) -> set[Label]:
    """Return the labels whose cells the result keeps as channels, as an attention map does."""
    return {
        label
        for digits in held
        for label, factors in digits.items()
        if label in result
        and any(
            f.axis is not None and kept.axis is None
            for f, kept in zip(factors, result[label], strict=True)
        )
    }
