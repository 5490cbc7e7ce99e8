"""Which commands need no array, and no colours? Those never import NumPy, nor rich's console."""

import subprocess
import sys

from rfcalc.cli import COMMANDS
from tests.cli.processes import ROOT, UNMEASURED

LINES = (
    "hdc-check 1,2,5",
    "analyze zoo:unet",
    "analyze k3,k3d2",
    "analyze k3,k3d2 --format json",
    "analyze zoo:deeplabv3-resnet50",
    "check k3,k3d2 --no-gridding",
    "compare k3,k3d2 k3,k3d3",
    "convert k3,k3d2 -o net.yaml",
    "design --rf 31",
    "explain RG101",
    "fix k3d2,k3d2",
    "graph k3,k3d2",
    "ops onnx",
    "report k3,k3d2 -o page.html",
    "report zoo:espnet -o page.html",
    "schema",
    "sizes k3,k3s2",
    "stream zoo:wavenet",
    "tile k3,k3d2 --input 500,500 --tile 128",
    "where zoo:unet",
    "zoo",
    "zoo unet",
    "scan net.yaml -o results.jsonl",  # last, as its bar is rich's
)
ARRAYS = {"erf", "export", "fit", "growth", "heatmap", "verify"}
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
    assert "rich.console" not in sys.modules or line.startswith("scan"), line
    if line in ("analyze zoo:unet", "hdc-check 1,2,5"):
        # A row of milliseconds that a table does not need.
        assert not {"csv", "json", "zipfile", "rich", "pydantic"} & set(sys.modules), line
        assert not {name for name in sys.modules if name.startswith("rfcalc.energies")}, line
        # What is about stages, costs and unknown names.
        unmet = {"rfcalc.costs", "rfcalc.gridding.runs", "rfcalc.loading.hints"}
        assert not unmet & set(sys.modules), line
"""


STARTED = """
import sys
from rfcalc.__main__ import main
sys.argv = ["rfcalc", "hdc-check", "1,2,5"]
try:
    main()
except SystemExit as left:
    assert not left.code
assert "msgspec" in sys.modules
assert "typing_extensions" not in sys.modules
import typing_extensions
assert typing_extensions.Required
"""


def test_a_start_does_without_typing_extensions_and_leaves_it_to_others():
    """It takes longer to import than msgspec, which asks for it first."""
    environment = UNMEASURED | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", STARTED], env=environment, check=True, timeout=60)


YAML = """
import re
import rfcalc.spec
import yaml
late = yaml.reader.Reader.NON_PRINTABLE
assert not isinstance(late, re.Pattern)
assert re.compile("a\\ud7ff") and isinstance(re.compile("b"), re.Pattern)
assert yaml.safe_load("a: \\u00e9") == {"a": "\\u00e9"}
try:
    yaml.safe_load("a: \\x01")
except yaml.reader.ReaderError as refused:
    assert refused.position == 3
else:
    raise AssertionError("a control character is read")
assert late.search("\\x07") and late.pattern.startswith("[^")
"""


def test_a_start_leaves_what_the_yaml_reader_in_python_compiles_to_who_uses_it():
    environment = UNMEASURED | {"PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", YAML], env=environment, check=True, timeout=60)


def test_tables_and_repairs_need_no_arrays_and_no_colours(tmp_path):
    assert {line.split()[0] for line in LINES} | ARRAYS == {*COMMANDS}
    subprocess.run(
        [sys.executable, "-c", RUN, *LINES],
        cwd=tmp_path,
        env=UNMEASURED | {"PYTHONPATH": str(ROOT)},
        capture_output=True,
        timeout=120,
        check=True,
    )
