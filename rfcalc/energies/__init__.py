"""How much of an output's gradient variance falls on each cell? The energy of random weights."""

from rfcalc.energies.expected import Energy, energy
from rfcalc.energies.measured import deviation, leak
from rfcalc.energies.phases import Lines, lines_of_phases

__all__ = ["Energy", "Lines", "deviation", "energy", "leak", "lines_of_phases"]
