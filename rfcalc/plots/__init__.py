"""Which pictures are there? One function per kind; a figure comes back, nothing is written."""

from rfcalc.plots.heatmap import heatmap
from rfcalc.plots.saving import SUFFIXES, render, save

__all__ = ["SUFFIXES", "heatmap", "render", "save"]
