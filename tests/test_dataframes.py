"""Do data frames hold the rows of results, and what is said where pandas is missing?"""

import subprocess
import sys

import pytest

import rfcalc

pandas = pytest.importorskip("pandas")


def test_a_row_per_layer_with_the_numbers_of_the_report():
    report = rfcalc.analyze("k3,k3s2,k3d2")
    frame = report.to_dataframe()
    assert isinstance(frame, pandas.DataFrame)
    assert list(frame["name"]) == [row.name for row in report.rows]
    assert list(frame["rf"]) == [list(row.rf) for row in report.rows]
    assert list(frame["cells"]) == [row.cells for row in report.rows]


@pytest.mark.parametrize(
    ("found", "rows"),
    [
        (lambda: rfcalc.design(5, 65), lambda found: len(found.schedules)),
        (lambda: rfcalc.zoo(), len),
        (lambda: rfcalc.explain(), len),
        (lambda: rfcalc.where("k3,k3s2"), lambda found: len(found.places)),
        (lambda: rfcalc.cost("k3,k3s2"), lambda found: len(found.layers)),
        (lambda: rfcalc.fix("k3,k3d2,k3d9"), lambda found: len(found.changes)),
        (lambda: rfcalc.check("k3d2", no_holes=True, min_rf=9), lambda found: len(found.failures)),
        (lambda: rfcalc.check("k3", no_holes=True), lambda found: 0),
        (lambda: rfcalc.verify("k3", input=(7, 7)), lambda found: len(found.checks)),
        (lambda: rfcalc.scan("examples/hdc-1-2-9.yaml"), len),
    ],
)
def test_a_frame_has_the_rows_of_its_result(found, rows):
    answer = found()
    assert len(answer.to_dataframe()) == rows(answer)


def test_a_comparison_has_a_row_per_layer_and_network():
    frame = rfcalc.compare("k3,k3d2", "k3,k3d5").to_dataframe()
    assert list(frame["network"]) == ["k3,k3d2", "k3,k3d5"] * (len(frame) // 2)
    assert frame["differs"].any()


WITHOUT = """
import sys
sys.modules["pandas"] = None
import rfcalc
try:
    rfcalc.analyze("k3").to_dataframe()
except rfcalc.RfcalcError as error:
    print(error.diagnostics[0].code, error.diagnostics[0].help)
"""


def test_without_pandas_the_line_that_installs_it_is_told():
    done = subprocess.run([sys.executable, "-c", WITHOUT], capture_output=True, text=True)
    assert done.stdout == 'RF505 pip install "rfcalc[pandas]"\n', done.stderr
