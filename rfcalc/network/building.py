"""Do the layers that a reader found make a network? Every fault of them, or their nodes."""

from collections.abc import Sequence
from fractions import Fraction

from rfcalc.errors import FAULT_LIMIT, Diagnostic, RfcalcError
from rfcalc.network.draft import Broken, Draft
from rfcalc.network.graph import Input, Network, Node
from rfcalc.network.place import broken, merged, placed
from rfcalc.taps import IDENTITY

__all__ = ["build"]


def build(
    name: str,
    dims: int,
    drafts: Sequence[Draft],
    sizes: Sequence[tuple[int, ...] | None],
    outputs: Sequence[int] | None = None,
    aliases: dict[str, int] | None = None,
    assumed: Sequence[str] = (),
    reported: Sequence[Diagnostic] = (),
    lenient: bool = False,
    layouts: Sequence[str] = (),
) -> Network:
    """Return the network of the drafts, which stand in topological order, inputs first.

    Parameters
    ----------
    sizes : one entry per input draft, in order; cells per axis, or ``None`` when unknown.
    outputs : positions of the outputs; by default the drafts that nothing reads, the last last.
    reported : faults that the reader has found; raised together with those found here.
    lenient : let branches of equal, known sizes meet whatever their jumps, as frameworks do; the
        relation is then exact for the outputs there are, and the jump that of the first branch.
    layouts : of the inputs of a model, a letter per dimension.

    Raises
    ------
    RfcalcError
        RF301 a layer its input is too small for, RF302 sizes or RF303 jumps that differ where
        branches meet, RF304 a relation that depends on an unknown size, RF305 a limit.
    """
    nodes: list[Node] = []
    faults: list[Diagnostic] = list(reported)
    given = iter(sizes)
    for draft in drafts:
        if len(faults) >= FAULT_LIMIT:
            break
        if isinstance(draft.layer, Input):
            one = (Fraction(1),) * dims
            here = (IDENTITY,) * dims
            held = (draft.name, draft.layer, (), here, next(given), one, False, draft.at)
            nodes.append(Node(*held, work=draft.work, fixed=draft.fixed))
            continue
        inputs = [nodes[i] for i in draft.inputs]
        if isinstance(draft.layer, Broken) or any(isinstance(i.layer, Broken) for i in inputs):
            nodes.append(broken(draft, dims))
            continue
        grid = merged(draft, inputs, faults, lenient)
        nodes.append(placed(draft, inputs, grid, dims, faults))
    if faults:
        raise RfcalcError(sorted(faults, key=_place))
    if outputs is None:
        read = {i for draft in drafts for i in draft.inputs}
        outputs = [i for i in range(len(drafts)) if i not in read] or [len(drafts) - 1]
    return Network(
        name,
        dims,
        tuple(nodes),
        tuple(outputs),
        aliases or {},
        tuple(assumed),
        layouts=tuple(layouts),
    )


def _place(fault: Diagnostic) -> tuple[int, int]:
    return (fault.at.line, fault.at.column) if fault.at else (0, 0)
