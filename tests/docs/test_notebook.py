"""Is the notebook whole, and does every cell show what stands below it?"""

import base64
from io import BytesIO

import numpy as np
import pytest
from PIL import Image

from tests.importers.models import declare_torchvision_operators
from tests.notebooks import outputs, read


def pixels(text):
    return np.asarray(Image.open(BytesIO(base64.b64decode("".join(text)))).convert("RGB"))


@pytest.mark.slow
def test_every_cell_shows_what_stands_below_it():
    for name in ("torch", "pandas"):
        pytest.importorskip(name)
    declare_torchvision_operators()
    pytest.importorskip("torchvision")
    kept = [cell["outputs"] for cell in read()["cells"] if cell["cell_type"] == "code"]
    pictures = 0
    for was, now in zip(kept, outputs(), strict=True):
        for one, other in zip(was, now, strict=True):
            if "image/png" in one.get("data", {}):
                pair = one["data"].pop("image/png"), other["data"].pop("image/png")
                np.testing.assert_array_equal(*map(pixels, pair))
                pictures += 1
            assert one == other
    assert pictures == 3


def test_the_notebook_is_one_for_jupyter():
    book = read()
    assert (book["nbformat"], book["nbformat_minor"]) == (4, 5)
    assert book["metadata"]["kernelspec"]["language"] == "python"
    names = [cell["id"] for cell in book["cells"]]
    assert len({*names}) == len(names)
    code = [cell for cell in book["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == [*range(1, len(code) + 1)]


def test_the_notebook_is_valid_by_its_own_library():
    nbformat = pytest.importorskip("nbformat", reason="notebooks are validated with nbformat")
    nbformat.validate(read())
