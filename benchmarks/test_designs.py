"""What does a design cost as its field grows? Schedules are counted before they are made."""

from benchmarks.sides import process, slope
from rfcalc.hdc import hdc_check
from rfcalc.schedules import design

FIELDS = (1001, 10_001, 100_001, 10**6 + 1, 10**8 + 1, 10**10 + 1, 10**12 + 1)


def test_design_over_a_longer_one(rows) -> None:
    """`rfcalc design --rf 10001`, over `rfcalc design --rf 100001`."""
    rows.ratio(
        process("-m", "rfcalc", "design", "--rf", "10001"),
        process("-m", "rfcalc", "design", "--rf", "100001"),
        "at most 1.5",
    )


def test_design_against_field(rows) -> None:
    """Time of `design` against its field, 10^3 to 10^12 cells: slope on logarithmic scales."""
    times = rows.least(*[lambda rf=rf: design(rf=rf) and None for rf in FIELDS], rounds=3)
    rows.told(f"{slope(list(zip(FIELDS, times, strict=True))):.2f}", "below 0.1")


def test_evenness(rows) -> None:
    """Evenness of 1,2,5,16,..,52042 (200,043 cells), over that of 1,2,5 repeated 4 times (65)."""
    long = hdc_check([1, 2, 5, 16, 50, 150, 455, 1300, 4000, 12000, 30000, 52042])
    short = hdc_check([1, 2, 5] * 4)
    rows.ratio(lambda: long.evenness and None, lambda: short.evenness and None, rounds=30)
