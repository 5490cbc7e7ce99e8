"""How strongly does an output cell of a trained model depend on each input cell? Measured."""

from rfcalc.gradients.averages import Averages, Gradients
from rfcalc.gradients.measuring import measure_gradients, probe_module
from rfcalc.gradients.places import Place

__all__ = ["Averages", "Gradients", "Place", "measure_gradients", "probe_module"]
