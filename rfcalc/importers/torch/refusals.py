"""Which PyTorch operators are refused on purpose, and why?"""

from rfcalc.errors import fail
from rfcalc.importers.advising import PART
from rfcalc.importers.torch.operators import Op, Result, operator, unsized


@operator(
    *("nonzero", "nonzero_static", "masked_select", "unique_consecutive", "_unique2"),
    *("unique_dim", "bincount", "torchvision.nms"),
    kind="refused",
)
def _chosen(op: Op) -> Result:
    """Refused: how many cells it gives depends on values."""
    raise unsized(op)


@operator("multinomial", kind="refused")
def _drawn(op: Op) -> Result:
    """Refused: it draws from a distribution that its input gives."""
    raise op.unsupported(f"{op.kind}: it draws from a distribution that its input gives")


@operator("diag", "diagonal", "diag_embed", "trace", kind="refused")
def _diagonal(op: Op) -> Result:
    """Refused where it lays one dimension over another: a diagonal of cells is not followed."""
    raise op.lost("a diagonal of cells is not followed")


@operator("higher_order.cond", "higher_order.while_loop", kind="refused")
def _branching(op: Op) -> Result:
    """Refused: which layers run depends on values."""
    raise fail(
        "RF501",
        f"'{op.graph.here}': {op.call.target}: which layers run depends on values",
        f"export the model at fixed control flow, or {PART}",
    )
