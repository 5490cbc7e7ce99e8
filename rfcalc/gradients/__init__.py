"""How strongly does an output cell of a trained model depend on each input cell? Measured."""

from rfcalc.gradients.averages import Averages, Gradients
from rfcalc.gradients.measuring import average, measure_gradients, probe_module
from rfcalc.gradients.places import Place, place_of

__all__ = [
    "Averages",
    "Gradients",
    "Place",
    "average",
    "measure_gradients",
    "place_of",
    "probe_module",
]
