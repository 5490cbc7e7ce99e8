"""What is read where a constant condition takes one of two values, each with a field of its own?"""

import numpy as np
import pytest

from rfcalc.importers import read_onnx
from rfcalc.masks import mask
from tests.importers.onnx_oracle import constant, differences, model, node, saved, weights
from tests.importers.torch_changes import SIDE, exactly, torch, widely

EVERY = torch.arange(SIDE) % 2 == 0
ALL, NONE = torch.ones(SIDE, dtype=torch.bool), torch.zeros(SIDE, dtype=torch.bool)
FIRST = (torch.arange(4) < 2)[:, None, None]


@pytest.mark.parametrize("taken", [ALL, NONE, FIRST])
def test_what_is_taken_everywhere_or_by_channel_is_exact(taken, tmp_path):
    exactly(lambda x, near, middle, far: torch.where(taken, near, far), tmp_path)


def test_what_is_taken_cell_by_cell_is_said():
    widely(lambda x, near, middle, far: torch.where(EVERY, near, far))


def test_one_of_the_channels_that_take_unlike_values_is_said():
    widely(lambda x, near, middle, far: torch.where(FIRST, near, far)[:, :1])


def choosing(taken):
    return model(
        [node("Conv", ["x", "k"], "near"), node("Conv", ["x", "w"], "far", pads=[1, 1]),
         node("Where", ["c", "near", "far"])],
        (1, 2, 9),
        [weights("k", 2, 2, 1), weights("w", 2, 2, 3), constant("c", taken, bool)],
    )  # fmt: skip


@pytest.mark.parametrize("taken", [[True], [False], [[[True], [False]]]])
def test_an_onnx_choice_is_exact_where_it_is_the_same_along_space(taken, tmp_path):
    network, wrong = differences(choosing(taken), (1, 2, 9), tmp_path)
    assert (network.assumed, wrong) == ((), [])


def test_an_onnx_choice_by_cells_is_said(tmp_path):
    network = read_onnx(saved(choosing(np.arange(9) % 2 == 0), tmp_path))
    assert any("both values of a constant choice" in fact for fact in network.assumed)
    assert mask(network, at=4).array().sum() == 3
