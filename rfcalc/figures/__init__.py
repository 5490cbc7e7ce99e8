"""Which pictures does Python draw? Figures of matplotlib, or a part of one that the user made."""

from rfcalc.figures.effective import effective
from rfcalc.figures.graphs import graph
from rfcalc.figures.growths import growth
from rfcalc.figures.heatmaps import heatmap
from rfcalc.figures.moving import animation
from rfcalc.plots.saving import save

__all__ = ["animation", "effective", "graph", "growth", "heatmap", "save"]
