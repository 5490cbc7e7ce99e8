"""Which share of the objects does each head's field cover, and what change covers more?"""

from rfcalc.coverage.answer import fit
from rfcalc.coverage.heads import Head
from rfcalc.coverage.result import Fit, Way

__all__ = ["Fit", "Head", "Way", "fit"]
