"""How many paths lead from each cell of the source to one output? Exactly, at any depth."""

from rfcalc.path_counts.chains import Line, chain_lines, chain_taps, counting_work
from rfcalc.path_counts.counted import Paths, paths
from rfcalc.path_counts.totals import total

__all__ = ["Line", "Paths", "chain_lines", "chain_taps", "counting_work", "paths", "total"]
