"""Which PyTorch operators are refused on purpose, and why?"""

from rfcalc.errors import fail
from rfcalc.importers.advising import PART
from rfcalc.importers.torch.operators import Op, Result, operator


@operator(
    *("grid_sampler", "grid_sampler_2d", "grid_sampler_3d", "affine_grid_generator"),
    kind="refused",
)
def _sampled(op: Op) -> Result:
    """Refused: which cells it samples depends on values."""
    raise _by_values(op, "samples")


@operator(
    *("nonzero", "nonzero_static", "masked_select", "unique_consecutive", "_unique2"),
    *("unique_dim", "bincount", "histc", "searchsorted", "multinomial", "take"),
    *("torchvision.nms", "torchvision.roi_align", "torchvision.roi_pool"),
    kind="refused",
)  # fmt: skip
def _chosen(op: Op) -> Result:
    """Refused: which cells it takes depends on values."""
    raise _by_values(op, "takes")


@operator(
    *("index_put", "scatter", "scatter_add", "scatter_reduce", "index_add", "index_copy"),
    *("masked_scatter", "index_fill"),
    kind="refused",
)  # fmt: skip
def _placed(op: Op) -> Result:
    """Refused: where it writes depends on a table of indices."""
    raise _by_values(op, "writes to")


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


def _by_values(op: Op, does: str) -> Exception:
    return fail(
        "RF501",
        f"'{op.graph.here}': {op.call.target}: which cells it {does} depends on values, "
        "not on the layers alone",
        PART,
    )
