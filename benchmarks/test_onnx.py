"""How long does reading a large ONNX file take, and what does it hold of it?"""

import subprocess
import sys
from pathlib import Path

import pytest

from benchmarks.sides import ROOT, cpu

PEAK = """
import re, sys
import onnx
from rfcalc.importers import read_onnx
# ru_maxrss would count what the process that started this one held.
peak = lambda: int(re.search(r"VmHWM:\\s*(\\d+)", open("/proc/self/status").read())[1])
before = peak()
read_onnx(sys.argv[1])
print(peak() - before)
"""


@pytest.fixture(scope="module")
def file(tmp_path_factory) -> Path:
    import contextlib
    import io
    import logging

    torch = pytest.importorskip("torch")
    from tests.importers.models import declare_torchvision_operators

    declare_torchvision_operators()
    models = pytest.importorskip("torchvision.models")
    path = tmp_path_factory.mktemp("onnx") / "resnet152.onnx"
    logging.disable(logging.CRITICAL)
    with contextlib.redirect_stdout(io.StringIO()):
        model = models.get_model("resnet152", weights=None).eval()
        torch.onnx.export(model, (torch.zeros(1, 3, 224, 224),), str(path), dynamo=False)
    logging.disable(logging.NOTSET)
    return path


@pytest.mark.filterwarnings("ignore")
def test_read(rows, file: Path) -> None:
    import onnx

    from rfcalc.importers import read_onnx

    whole = cpu(lambda: onnx.load(str(file)))
    read, _ = rows.least(lambda: read_onnx(file) and None, lambda: None, rounds=5)
    size = file.stat().st_size / 1e6
    rows.told(
        f"{read / whole:.2f} ({read:.2f} s)",
        "below 1 s",
        f"Reading torchvision's ResNet-152 as ONNX ({size:.0f} MB), over `onnx.load` itself",
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_peak(rows, file: Path) -> None:
    run = [sys.executable, "-c", PEAK, str(file)]
    done = subprocess.run(run, cwd=ROOT, capture_output=True, text=True, check=True)
    rows.told(
        f"{int(done.stdout) / 1024:.0f} MB",
        "below 200 MB",
        "Memory that reading it takes beyond Python with onnx imported",
    )
