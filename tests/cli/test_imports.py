"""Which commands need no array? Those never import NumPy."""

import subprocess
import sys

from tests.cli.processes import ROOT, UNMEASURED

COMMANDS = (
    "analyze k3,k3d2",
    "analyze k3,k3d2 --format json",
    "analyze zoo:deeplabv3-resnet50",
    "check k3,k3d2 --no-gridding",
    "compare k3,k3d2 k3,k3d3",
    "design --rf 31",
    "fix k3d2,k3d2",
    "hdc-check 1,2,5",
)
RUN = """
import sys
from rfcalc.cli import main
for line in sys.argv[1:]:
    sys.argv = ["rfcalc", *line.split()]
    try:
        main()
    except SystemExit as left:
        assert left.code in (0, 1, None), line
    assert not {"numpy", "matplotlib", "torch"} & set(sys.modules), line
"""


def test_tables_and_repairs_need_no_arrays():
    subprocess.run(
        [sys.executable, "-c", RUN, *COMMANDS],
        env=UNMEASURED | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=True,
    )
