"""How does the field grow from layer to layer? One row per layer, in closed form, borderless."""

from rfcalc.growth.bounds import bounded, told
from rfcalc.growth.fields import Field, field_of
from rfcalc.growth.meeting import relative
from rfcalc.growth.parts import inside, part
from rfcalc.growth.phases import extents, largest, widest, worst
from rfcalc.growth.rows import Growth, Row, growth, traced
from rfcalc.growth.walk import Misalignment, footprint, footprints

__all__ = [
    "Field",
    "Growth",
    "Misalignment",
    "Row",
    "bounded",
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
