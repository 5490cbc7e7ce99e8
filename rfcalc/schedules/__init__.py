"""Which dilations leave no hole? Nearest, largest and designed schedules."""

from rfcalc.schedules.designs import Design, design, largest_schedule
from rfcalc.schedules.ranking import Schedule
from rfcalc.schedules.suggestions import Suggestion, largest_of, suggest

__all__ = [
    "Design",
    "Schedule",
    "Suggestion",
    "design",
    "largest_of",
    "largest_schedule",
    "suggest",
]
