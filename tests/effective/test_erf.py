"""Is a model measured with its own weights, at the inputs that were given, or refused?"""

import pickle

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal

import rfcalc
from tests.effective.models import fault, measured, saved, trained
from tests.effective.models import fixture as _models

torch = pytest.importorskip("torch")
nn = torch.nn

__all__ = ["_models"]


@pytest.mark.parametrize("how", ["safetensors", "state", "wrapped", "below"])
def test_weights_of_a_file_are_those_that_are_measured(how):
    net = trained()
    state = net.state_dict()
    if how == "safetensors":
        library = pytest.importorskip("safetensors.torch")
        name = "net.safetensors"
        library.save_file(state, name)
    else:
        held = {
            "state": state,
            "wrapped": {f"module.{key}": value for key, value in state.items()},
            "below": {"epoch": 3, "state_dict": state},
        }[how]
        name = saved("net.pt", held)
    found = measured(weights=name, samples=3)
    same = rfcalc.erf(net, input=(1, 3, 24, 24), samples=3)
    assert_array_equal(found.layers[0].maps["measured"], same.layers[0].maps["measured"])
    other = measured(samples=3).layers[0].maps["measured"]
    assert np.abs(other - same.layers[0].maps["measured"]).max() > 1e-3
    told = {"wrapped": ("the prefix 'module.' of its names was dropped",)}
    told["below"] = ("the weights below 'state_dict' were taken",)
    assert found.notes == told.get(how, ())


class Code:
    """A pickle that makes a folder when it is loaded."""

    def __reduce__(self):
        import os

        return (os.mkdir, ("was_run",))


@pytest.mark.parametrize(
    ("held", "words"),
    [
        (lambda: {"three.weight": torch.ones(1)}, ["'one.weight'", "and 'three.weight'"]),
        (lambda: trained().state_dict() | {"one.bias": torch.ones(7)}, ["'one.bias' is 7 in the"]),
        (lambda: {**trained().state_dict(), "more": torch.ones(1)}, ["its 'more' is not in the"]),
        (lambda: {"epoch": 3}, ["no tensors by name, but 'epoch'"]),
        (lambda: [1, 2], ["holds a list"]),
        (dict, ["but nothing"]),
    ],
)
def test_weights_of_another_model_are_refused_by_name(held, words):
    saved("net.pt", held())
    told = fault(lambda: measured(weights="net.pt"))
    assert told.code == "RF454"
    for word in words:
        assert word.removeprefix("and ") in told.message


def test_a_pickle_is_not_run(tmp_path):
    torch.save({"model": trained()}, "whole.pt")
    (tmp_path / "code.pt").write_bytes(pickle.dumps(Code()))
    torch.save({"weights": Code()}, "inner.pt")
    for name in ("whole.pt", "code.pt", "inner.pt"):
        told = fault(lambda name=name: measured(weights=name))
        assert told.code == "RF454"
        assert not (tmp_path / "was_run").exists()
    (tmp_path / "broken.pt").write_bytes(b"PK\x03\x04 not an archive")
    (tmp_path / "broken.safetensors").write_bytes(b"\x00" * 20)
    for name in ("broken.pt", "broken.safetensors", "none.pt"):
        assert fault(lambda name=name: measured(weights=name)).code in ("RF454", "RF505")


@pytest.fixture
def photos(tmp_path):
    """Three pictures, of which one is grey, and a file that is none."""
    image = pytest.importorskip("PIL.Image")
    folder = tmp_path / "photos"
    folder.mkdir()
    generator = np.random.default_rng(0)
    for number, size in enumerate([(40, 30), (24, 24), (33, 50)]):
        values = generator.integers(0, 256, (*size, 3), dtype=np.uint8)
        image.fromarray(values).save(folder / f"{number}.png")
    (folder / "notes.txt").write_text("none")
    return folder


def inputs(monkeypatch, **options):
    """The inputs at which a model is measured."""
    from rfcalc.effective.samples import Images

    seen = []
    whole = Images.sample

    def sample(self, number):
        found = whole(self, number)
        seen.append(found[0])
        return found

    with monkeypatch.context() as changed:
        changed.setattr(Images, "sample", sample)
        return measured(**options), seen


def test_pictures_are_cut_from_their_middle_and_normalised(photos, monkeypatch):
    image = pytest.importorskip("PIL.Image")
    found, seen = inputs(monkeypatch, images=photos, mean=(0.5, 0.4, 0.3), std=(0.2, 0.3, 0.4))
    assert len(seen) == found.layers[0].samples == 3
    values = np.asarray(image.open(photos / "0.png"), float)[8:32, 3:27] / 255
    wanted = (values - [0.5, 0.4, 0.3]) / [0.2, 0.3, 0.4]
    assert_allclose(seen[0][0], wanted.transpose(2, 0, 1), rtol=1e-5, atol=1e-6)
    assert not any("--mean" in line for line in found.assumed)
    plain = measured(images=str(photos / "*.png"))
    assert "images are given as numbers from 0 to 1, without `mean=` and `std=`" in plain.assumed


def test_pictures_are_resized_first_and_cut_at_random_the_same_way_again(photos, monkeypatch):
    _, seen = inputs(monkeypatch, images=photos, resize=24, crop="random", samples=6, seed=4)
    _, again = inputs(monkeypatch, images=photos, resize=24, crop="random", samples=6, seed=4)
    assert_array_equal(np.array(seen), np.array(again))
    assert np.array(seen).shape == (6, 1, 3, 24, 24)
    assert np.abs(seen[2] - seen[5]).max() > 0  # the long picture, cut at another place


def test_arrays_are_inputs_as_they_are(tmp_path, monkeypatch):
    values = np.random.default_rng(0).random((2, 3, 24, 24)).astype(np.float32)
    np.save(tmp_path / "a.npy", values[0])
    np.save(tmp_path / "b.npy", values[1:])
    found, seen = inputs(monkeypatch, images=tmp_path)
    assert_array_equal(np.concatenate(seen), values)
    assert found.assumed == ("activations were taken out",) or not found.assumed
    np.save(tmp_path / "c.npy", values[0, :, 1:])
    assert "'c.npy'" in fault(lambda: measured(images="c.npy")).message


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [
        ({"images": "empty"}, "RF455", "the folder 'empty' has no images, but 1 other files"),
        ({"images": "none/*.png"}, "RF455", "the pattern 'none/*.png' has no images"),
        ({"images": "small"}, "RF455", "is 9x8, smaller than the input, 24x24"),
        ({"images": "broken"}, "RF455", "cannot read the image"),
        ({"images": "small", "mean": (1, 2)}, "RF455", "`mean=` has 2 values for 3 channels"),
        ({"images": "small", "std": (0,)}, "RF406", "std has a 0"),
        ({"mean": (0.5,)}, "RF406", "mean is given without images"),
        ({"images": "small", "crop": "left"}, "RF406", "crop is 'left'"),
        ({"samples": 0}, "RF406", "samples is 0"),
        ({"device": "abacus"}, "RF406", "device is 'abacus'"),
        ({"layer": "three"}, "RF401", "three"),
        ({"source": "one"}, "RF406", "no input of the model"),
        ({"phase": (0, 0)}, "RF406", "phase is given"),
    ],
)
def test_inputs_that_cannot_be_used_are_refused(tmp_path, options, code, words):
    for name in ("empty", "small", "broken"):
        (tmp_path / name).mkdir()
    (tmp_path / "empty" / "a.txt").write_text("")
    (tmp_path / "broken" / "a.png").write_bytes(b"\x89PNG\r\n\x1a\n")
    image = pytest.importorskip("PIL.Image")
    image.fromarray(np.zeros((9, 8, 3), np.uint8)).save(tmp_path / "small" / "a.png")
    told = fault(lambda: measured(**options))
    assert told.code == code
    assert words in told.message.replace(" x ", "x")


def test_what_is_not_a_model_takes_no_weights():
    for option in ("weights", "images", "resume"):
        told = fault(lambda option=option: rfcalc.erf("k3,k3", **{option: "some.npz"}))
        assert told.code == "RF406"


@pytest.mark.parametrize("stop", [1, 5, 17])
def test_a_run_that_was_stopped_goes_on_to_the_same_answer(stop):
    def until(done, total):
        if done == stop:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        measured(
            weights=saved("n.pt", trained().state_dict()),
            samples=20,
            resume="s.npz",
            progress=until,
        )
    seen = []
    found = measured(weights="n.pt", samples=20, resume="s.npz", progress=lambda *n: seen.append(n))
    assert seen == [(n, 20) for n in range(stop + 1, 21)]
    whole = measured(weights="n.pt", samples=20)
    assert found.to_dict() == whole.to_dict()
    more = measured(weights="n.pt", samples=24, resume="s.npz")
    assert more.to_dict() == measured(weights="n.pt", samples=24).to_dict()


def test_a_state_of_another_run_is_refused(tmp_path):
    weights = saved("n.pt", trained().state_dict())
    measured(weights=weights, samples=2, resume="s.npz")
    for options in ({"seed": 1}, {"layer": "one"}, {"positions": 2}, {"weights": None}):
        asked = {"weights": weights, "samples": 2, "resume": "s.npz"} | options
        assert fault(lambda asked=asked: measured(**asked)).code == "RF456"
    (tmp_path / "s.npz").write_bytes(b"nothing")
    assert fault(lambda: measured(samples=2, resume="s.npz")).code == "RF456"
    assert fault(lambda: measured(samples=2, resume="none/s.npz")).code == "RF407"


def test_a_part_of_a_model_is_measured_at_noise_of_its_own():
    found = measured(submodule="two", samples=2)
    assert found.layers[0].field == (5, 5)
    assert "'two' alone is measured, at inputs of its own" in found.notes
