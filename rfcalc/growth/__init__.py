"""How does the field grow from layer to layer? One row per layer, in closed form, borderless."""

from rfcalc.growth.meeting import relative
from rfcalc.growth.parts import inside, part
from rfcalc.growth.rows import Growth, Row, bounded, extents, growth, traced, widest, worst
from rfcalc.growth.walk import BROADCAST, Misalignment, footprint, footprints

__all__ = [
    "BROADCAST",
    "Growth",
    "Misalignment",
    "Row",
    "bounded",
    "extents",
    "footprint",
    "footprints",
    "growth",
    "inside",
    "part",
    "relative",
    "traced",
    "widest",
    "worst",
]
