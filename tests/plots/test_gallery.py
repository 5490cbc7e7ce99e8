"""Can the pictures of the documentation be made again, each as it is shown?"""

import re
import runpy
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from typer.testing import CliRunner

from rfcalc.cli import app

pytestmark = pytest.mark.slow

ROOT = Path(__file__).parents[2]
GALLERY = runpy.run_path(str(ROOT / "docs" / "gallery.py"))["GALLERY"]


@pytest.mark.parametrize("name", GALLERY)
def test_a_picture_is_made_as_it_is_shown(name, tmp_path, monkeypatch):
    monkeypatch.chdir(ROOT)
    words = [*GALLERY[name].split(), "-o", str(tmp_path / name), "-q"]
    result = CliRunner().invoke(app, words)
    assert result.exit_code == 0, result.output
    with Image.open(tmp_path / name) as made, Image.open(ROOT / "docs" / "images" / name) as kept:
        assert made.size == kept.size
        # Another release of matplotlib may set letters otherwise, but no cell.
        new, old = (np.asarray(image.convert("RGB"), dtype=int) for image in (made, kept))
    assert (np.abs(new - old).max(axis=2) > 40).mean() < 0.02


def test_readme_shows_only_pictures_of_the_gallery():
    shown = re.findall(r"docs/images/([\w.-]+)", (ROOT / "README.md").read_text())
    assert set(shown) <= set(GALLERY)
