"""What is each op, in words that share nothing with rfcalc? One table, one entry per op."""

from tests.rules.frames import FRAMES
from tests.rules.pointwise import MERGES, POINTWISE
from tests.rules.resamplings import RESAMPLINGS
from tests.rules.rule import Rule
from tests.rules.whole import WHOLE
from tests.rules.windows import WINDOWS

__all__ = ["RULES"]

RULES: dict[str, Rule] = WINDOWS | RESAMPLINGS | FRAMES | WHOLE | MERGES | POINTWISE
"""By the name of the op: how it is drawn, what it reads, and what PyTorch makes of it."""
