"""What do the heads of the page's tables mean? One sentence each, shown when pointed at."""

__all__ = ["HEADS", "LEAST", "MINOR"]

HEADS = {
    "graph": "how layers are joined, inputs above",
    "layer": "name of the layer",
    "op": "its operation",
    "kernel": "kernel size per axis; one number where all axes agree",
    "stride": "stride per axis",
    "dilation": "cells of the layer's input between neighbouring taps, per axis",
    "padding": "cells added on each side, before:after where they differ",
    "size": "output size per axis",
    "rf": "receptive field: from the first to the last cell that one output reads, per axis",
    "jump": "source cells between neighbouring outputs",
    "start": "first cell that output 0 reads; below zero it is padding",
    "center": "middle of the field of output 0",
    "density": "share of the field's cells that are read",
    "hole": "longest run of cells inside the field that no path reads, per axis",
    "stage": "a run of dilated layers, from the layer it samples to its last",
    "dilations": "dilations of its layers, in order",
    "largest hole": "longest run of cells inside the field that no path reads, per axis",
    "holes": "where cells are missing: inside the field or at its rim only",
    "sublattices": "parts of the input that do not mix inside the stage; 1 is none apart",
    "HDC": "which of the published rules of hybrid dilated convolution hold",
    "in input pixels": "whether holes remain when the whole network is looked at",
    "lattice run": "consecutive layers whose dilations have a common divisor",
    "density alone": "density of the run on its own input",
    "covered by": "layers of the stage that fill the holes of the run",
    "output": "the output that was asked about",
    "input": "the input that it reads",
    "unbounded by": "the layer from which on the field has no end",
    "network": "name of the network",
    "layers": "number of layers",
    "stages with holes": "dilated stages that sample their own input with holes, of all",
    "verdict": "the answer in one line",
}
"""A sentence per head."""
MINOR = frozenset({"op", "jump", "size", "kernel", "stride", "padding", "sublattices", "HDC"})
"""Columns that give way on a narrow screen."""
LEAST = frozenset({"start", "center"})
"""Columns that give way on any but a wide screen."""
