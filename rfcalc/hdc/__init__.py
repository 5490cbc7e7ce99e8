"""Is a dilation schedule HDC-valid? The published rules as published, and the exact theorem."""

from rfcalc.hdc.chains import chain_cells, criterion, largest_gap
from rfcalc.hdc.published import Group, published_gaps
from rfcalc.hdc.verdict import LAYER_LIMIT, HdcVerdict, hdc_check

__all__ = [
    "LAYER_LIMIT",
    "Group",
    "HdcVerdict",
    "chain_cells",
    "criterion",
    "hdc_check",
    "largest_gap",
    "published_gaps",
]
