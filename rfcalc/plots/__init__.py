"""Which pictures are there? One function per kind; a figure comes back, nothing is written."""

from rfcalc.plots.animation import animation
from rfcalc.plots.announced import Announced, announced
from rfcalc.plots.connections import connections
from rfcalc.plots.curves import curves
from rfcalc.plots.effect import effect_plot
from rfcalc.plots.growth import curves_plot, growth_plot
from rfcalc.plots.heatmap import heatmap
from rfcalc.plots.multiples import all_layers, compare, outputs
from rfcalc.plots.overlay import overlay, picture, picture_size
from rfcalc.plots.saving import SUFFIXES, render, save

__all__ = [
    "SUFFIXES",
    "Announced",
    "all_layers",
    "animation",
    "announced",
    "compare",
    "connections",
    "curves",
    "curves_plot",
    "effect_plot",
    "growth_plot",
    "heatmap",
    "outputs",
    "overlay",
    "picture",
    "picture_size",
    "render",
    "save",
]
