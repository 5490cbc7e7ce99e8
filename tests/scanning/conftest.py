"""What is scanned in tests: folders of small networks, and limits for them."""

import json
import os
import uuid

import pytest

from rfcalc.scanning import Limits, close

NET = "dims: 2\nlayers:\n  - {{kernel: 3, dilation: {}}}\n  - {{kernel: 3}}\n"


@pytest.fixture
def folder(tmp_path):
    """Return a folder of six networks, the field of number i being 2 * i + 3."""
    place = tmp_path / "nets"
    place.mkdir()
    for number in range(1, 7):
        (place / f"{number}.yaml").write_text(NET.format(number))
    return place


@pytest.fixture
def closed(folder, monkeypatch):
    """Return a folder among the networks that nobody may open, not even the superuser."""
    place = folder / "closed"
    place.mkdir()
    scandir = os.scandir

    def refusing(path="."):
        if os.fspath(path) == str(place):
            raise PermissionError(13, "Permission denied", str(place))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", refusing)
    return place


@pytest.fixture
def limits():
    """Return limits that no small network meets; what ran under them ends with the test."""
    made = Limits(timeout=100, memory=0, scan=uuid.uuid4().hex)
    yield made
    close(made.scan)


@pytest.fixture
def rows():
    """Read a file of lines by path; each must stand there once, and whole."""

    def read(path):
        text = path.read_text()
        assert text == "" or text.endswith("\n")
        found = [json.loads(line) for line in text.splitlines()]
        assert len({row["path"] for row in found}) == len(found)
        return {row["path"]: row for row in found}

    return read
