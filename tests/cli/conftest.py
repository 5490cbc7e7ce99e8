"""How is a command line run in this process?"""

import io
import sys

import pytest

from rfcalc.cli import main


@pytest.fixture
def run(capsys, monkeypatch):
    """Run a command line in this process; return its exit status, output and errors."""

    def call(*arguments, stdin=None):
        monkeypatch.setattr(sys, "argv", ["rfcalc", *map(str, arguments)])
        if stdin is not None:
            monkeypatch.setattr(sys, "stdin", io.StringIO(stdin))
        with pytest.raises(SystemExit) as caught:
            main()
        out, err = capsys.readouterr()
        return caught.value.code or 0, out, err

    return call
