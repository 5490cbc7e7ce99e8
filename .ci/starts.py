"""How long do answers take to start, over an interpreter that imports typer? Told, not asserted."""

import resource
import subprocess
import sys
from importlib.metadata import version

ROUNDS = 9
BARE = ("-c", "import typer")
ASKED = {
    "rfcalc hdc-check 1,2,5": ("-m", "rfcalc", "hdc-check", "1,2,5"),
    "rfcalc analyze zoo:unet": ("-m", "rfcalc", "analyze", "zoo:unet"),
}


def spent(words: tuple[str, ...]) -> float:
    """Return the seconds of the processor that a process takes."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *words], check=True, stdout=subprocess.DEVNULL)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


# The first of each compiles what is imported.
sides = [BARE, *ASKED.values()]
times = [[spent(side) for side in sides] for _ in range(1 + ROUNDS)][1:]
bare, *others = (min(column) for column in zip(*times, strict=True))
for name, least in zip(ASKED, others, strict=True):
    print(f"{name}: {least / bare:.2f} of importing typer {version('typer')}")
