"""Does a word that is no value of its option read the same with every typer that is allowed?"""

import pytest
from typer.testing import CliRunner

from rfcalc.cli import app


@pytest.mark.parametrize(
    ("line", "message"),
    [
        ("analyze k3 --stage 1.5", "'--stage': '1.5' is not a valid int."),
        ("--timeout x analyze k3", "'--timeout': 'x' is not a valid float."),
        ("analyze k3 --format xml", "'xml' is not one of 'table', 'json', 'csv', 'markdown', "),
        ("ops foo", "'foo' is not one of 'onnx', 'torch', 'keras', 'tflite'"),
        ("design --rf 65 --count 0", "'--count': 0 is not in the range 1<=x<=1000."),
    ],
)
def test_a_word_that_is_no_value_is_named_with_what_would_be_one(line, message, monkeypatch):
    monkeypatch.setenv("COLUMNS", "200")
    found = CliRunner().invoke(app, line.split())
    assert found.exit_code == 2
    assert message in " ".join(found.output.split())
