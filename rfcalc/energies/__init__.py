"""How much of an output's gradient variance falls on each cell? The energy of random weights."""

from rfcalc.energies.expected import Energy, energy
from rfcalc.energies.measured import deviation, leak

__all__ = ["Energy", "deviation", "energy", "leak"]
