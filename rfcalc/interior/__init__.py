"""How does the field grow from layer to layer? One row per layer, in closed form, borderless."""

from rfcalc.interior.bounds import check_bounded, told
from rfcalc.interior.fields import Field, field_of
from rfcalc.interior.meeting import relative
from rfcalc.interior.parts import inside, part
from rfcalc.interior.phases import extents, largest, widest, worst
from rfcalc.interior.rows import Growth, Row, growth, traced
from rfcalc.interior.walk import Misalignment, footprint, footprints

__all__ = [
    "Field",
    "Growth",
    "Misalignment",
    "Row",
    "check_bounded",
    "extents",
    "field_of",
    "footprint",
    "footprints",
    "growth",
    "inside",
    "largest",
    "part",
    "relative",
    "told",
    "traced",
    "widest",
    "worst",
]
