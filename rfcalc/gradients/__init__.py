"""How strongly does an output cell of a trained model depend on each input cell? Measured."""

from rfcalc.gradients.averages import Averages, Gradients
from rfcalc.gradients.measuring import Call, Pair, Probe, average, measure_gradients, probe_module
from rfcalc.gradients.places import Place, place_of

__all__ = [
    "Averages",
    "Call",
    "Gradients",
    "Pair",
    "Place",
    "Probe",
    "average",
    "measure_gradients",
    "place_of",
    "probe_module",
]
