"""What does a network cost? Parameters, multiply-adds and activations, per layer and in total."""

from rfcalc.costs.answer import BYTES, Cost, Costs, cost
from rfcalc.costs.relative import per_cell

__all__ = ["BYTES", "Cost", "Costs", "cost", "per_cell"]
