"""How does the field grow from layer to layer? One row per layer, in closed form, borderless."""

from rfcalc.growth.parts import inside, part
from rfcalc.growth.rows import Growth, Row, bounded, growth, traced, widest
from rfcalc.growth.walk import BROADCAST, Misalignment, footprint, footprints

__all__ = [
    "BROADCAST",
    "Growth",
    "Misalignment",
    "Row",
    "bounded",
    "footprint",
    "footprints",
    "growth",
    "inside",
    "part",
    "traced",
    "widest",
]
