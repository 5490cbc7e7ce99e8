"""Is a dilation schedule HDC-valid? The published rules as published, and the exact theorem."""

from rfcalc.hdc.chains import chain_cells, criterion, largest_gap
from rfcalc.hdc.evenness import Evenness, counting_work, evenness, perfectly_even, variation
from rfcalc.hdc.published import Group, published_gaps
from rfcalc.hdc.verdict import LAYER_LIMIT, HdcVerdict, hdc_check

__all__ = [
    "LAYER_LIMIT",
    "Evenness",
    "Group",
    "HdcVerdict",
    "chain_cells",
    "counting_work",
    "criterion",
    "evenness",
    "hdc_check",
    "largest_gap",
    "perfectly_even",
    "published_gaps",
    "variation",
]
