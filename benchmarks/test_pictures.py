"""How long do pictures take? CPU time of whole processes, beside matplotlib's own empty figure.

``python benchmarks/test_pictures.py`` prints the ratios. Only sizes are asserted under pytest: a
busy machine is not a fault.
"""

import os
import subprocess
import sys
import tempfile
from pathlib import Path

EMPTY = (
    "from matplotlib.figure import Figure; import sys; Figure().savefig(sys.argv[1], format='png')"
)
IMPORTS = "import typer, rich.table, yaml, msgspec"


def best(*words: str, times: int = 5) -> float:
    """Return the least CPU time of a Python process with these arguments, in seconds."""
    found: list[float] = []
    for _ in range(times):
        process = subprocess.Popen([sys.executable, *words])
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        found.append(used.ru_utime + used.ru_stime)
    return min(found)


def measure(folder: Path, times: int = 5) -> dict[str, float]:
    """Return the times of an empty figure, a heatmap of 1451 x 1451 cells, and a page."""
    image, page = str(folder / "a.png"), str(folder / "a.html")
    drawn = ("-m", "rfcalc", "heatmap", "examples/resnet152.yaml", "-o", image, "-q")
    made = ("-m", "rfcalc", "report", "examples/resnet152.yaml", "-o", page, "-q")
    return {
        "an empty figure": best("-c", EMPTY, image, times=times),
        "heatmap 1451 x 1451": best(*drawn, times=times),
        "imports of the command line": best("-c", IMPORTS, times=times),
        "report of ResNet-152": best(*made, times=times),
    }


def test_the_page_of_resnet152_is_below_a_megabyte(tmp_path: Path) -> None:
    assert min(measure(tmp_path, times=1).values()) > 0
    assert (tmp_path / "a.html").stat().st_size < 1_000_000


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        found = measure(Path(name))
    for what, seconds in found.items():
        print(f"{what:30} {seconds:.3f} s")
    ratio = found["heatmap 1451 x 1451"] / found["an empty figure"]
    print(f"{'heatmap / empty figure':30} {ratio:.2f}")
