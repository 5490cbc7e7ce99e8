"""How much of its field does a network use? Expected of random weights, and measured."""

from rfcalc.effective.arrays import as_npy, as_npz
from rfcalc.effective.figures import Figures
from rfcalc.effective.measuring import erf
from rfcalc.effective.result import Effective, EffectiveLayer, effective_data
from rfcalc.effective.running import is_run

__all__ = [
    "Effective",
    "EffectiveLayer",
    "Figures",
    "as_npy",
    "as_npz",
    "effective_data",
    "erf",
    "is_run",
]
