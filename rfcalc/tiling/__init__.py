"""How is a large input cut into tiles whose results are those of the whole?"""

from rfcalc.tiling.halo import Halo, halo
from rfcalc.tiling.plan import Plan, Span, Tile, tile
from rfcalc.tiling.running import run

__all__ = ["Halo", "Plan", "Span", "Tile", "halo", "run", "tile"]
