"""Is a model in a form that is not read told by name, with the way that works?"""

import json
import zipfile

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.interior import growth
from rfcalc.loading import is_target, load
from rfcalc.loading.foreign import FILES, FOREIGN
from rfcalc.scanning import listed

CONFIG = {
    "class_name": "Sequential",
    "config": {
        "name": "net",
        "layers": [
            {"class_name": "InputLayer", "config": {"batch_shape": [None, 9, 9, 1], "name": "i"}},
            {
                "class_name": "Conv2D",
                "config": {"name": "c", "filters": 2, "kernel_size": [3, 3], "padding": "same"},
            },
        ],
    },
}


def told(path, **options):
    with pytest.raises(RfcalcError) as caught:
        load(path, **options)
    return caught.value.diagnostics[0]


@pytest.mark.parametrize("suffix", FOREIGN)
def test_a_form_that_is_not_read_is_named_with_the_way_that_works(suffix, tmp_path):
    path = tmp_path / f"model{suffix}"
    path.write_bytes(b"\x80\x04")
    fault = told(path)
    what, way = FOREIGN[suffix]
    assert fault.code == "RF112"
    assert fault.message == f"'{path}' is {what}, which is not read"
    assert fault.help == way


def test_a_script_is_told_from_a_pickle(tmp_path):
    path = tmp_path / "model.pt"
    for entry, said in (("m/code/__torch__.py", "is TorchScript"), ("m/data.pkl", "is a pickle")):
        with zipfile.ZipFile(path, "w") as archive:
            archive.writestr(entry, "")
        assert said in told(path).message


def test_a_folder_of_tensorflow_or_core_ml_is_named(tmp_path):
    for name in ("saved", "a.mlpackage", "plain"):
        (tmp_path / name).mkdir()
    (tmp_path / "saved" / "saved_model.pb").write_bytes(b"")
    assert "is a SavedModel of TensorFlow" in told(tmp_path / "saved").message
    assert "is a SavedModel of TensorFlow" in told(tmp_path / "saved" / "saved_model.pb").message
    assert "is a model of Core ML" in told(tmp_path / "a.mlpackage").message
    assert "does not name a network" in told(tmp_path / "plain").message


def test_an_attribute_called_as_a_suffix_is_still_one_of_a_module():
    assert is_target("nets:Net.param")
    assert not is_target("nets:net.safetensors")
    assert ".pt" in FILES


def test_a_model_in_hdf5_is_its_configuration(tmp_path):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "net.h5"
    for held in (json.dumps(CONFIG), json.dumps(CONFIG).encode()):
        with h5py.File(path, "w") as file:
            file.attrs["model_config"] = held
        assert growth(load(path)).rows[-1].rf == (3, 3)
    with h5py.File(path, "w") as file:
        file["weights"] = [1.0]
    assert "holds weights and no model" in told(path).message
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    assert (told(path).code, "cut short or damaged" in told(path).message) == ("RF504", True)


def test_a_file_in_hdf5_that_the_library_never_leaves_is_refused(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    path = tmp_path / "net.h5"
    with h5py.File(path, "w") as file:
        file.attrs["model_config"] = json.dumps(CONFIG)
    held = bytearray(path.read_bytes())
    # The size of the first object of the heap that holds the text, and 16 bytes are its header.
    at = held.index(b"GCOL") + 24
    held[at : at + 8] = (-16).to_bytes(8, "little", signed=True)
    path.write_bytes(held)
    monkeypatch.setattr("rfcalc.importers.keras.hdf5.SECONDS", 3.0)
    fault = told(path)
    assert fault.code == "RF504"
    assert fault.message == f"{path} is damaged: reading it does not end within 3 s"


def test_a_package_in_the_folder_is_not_taken_for_the_one_that_reads_hdf5(tmp_path, monkeypatch):
    h5py = pytest.importorskip("h5py")
    with h5py.File(tmp_path / "net.h5", "w") as file:
        file.attrs["model_config"] = json.dumps(CONFIG)
    (tmp_path / "h5py.py").write_text("raise SystemExit(1)")
    monkeypatch.chdir(tmp_path)
    assert growth(load("net.h5")).rows[-1].rf == (3, 3)


def test_a_file_that_is_called_as_hdf5_and_is_none_is_refused(tmp_path):
    (tmp_path / "net.hdf5").write_bytes(b"something else")
    assert told(tmp_path / "net.hdf5").code == "RF504"


def test_the_package_for_hdf5_is_named_where_it_is_missing(tmp_path, monkeypatch):
    import sys

    (tmp_path / "net.h5").write_bytes(b"\x89HDF\r\n\x1a\n")
    monkeypatch.setitem(sys.modules, "h5py", None)
    fault = told(tmp_path / "net.h5")
    assert (fault.code, fault.help) == ("RF505", 'pip install "rfcalc[hdf5]"')


@pytest.mark.parametrize("inner", [{"model_config": CONFIG, "keras_version": "3"}, CONFIG])
def test_a_layers_model_of_tensorflow_js_is_a_configuration(inner, tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"format": "layers-model", "modelTopology": inner}))
    assert growth(load(path)).rows[-1].rf == (3, 3)


def test_a_graph_model_of_tensorflow_js_is_refused(tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"format": "graph-model", "modelTopology": {"node": []}}))
    assert "graph model, in which layers are no more" in told(path).message
    path.write_text(json.dumps({"modelTopology": {"model_config": []}}))
    assert "holds no Keras model" in told(path).message


def test_a_scan_names_what_it_passes_over(tmp_path):
    (tmp_path / "a.yaml").write_text("layers:\n- {kernel: 3}\n")
    for name in ("b.pt", "c.engine", "notes.xml", "d.txt"):
        (tmp_path / name).write_bytes(b"\x80")
    found = listed(str(tmp_path))
    assert [item.path.rpartition("/")[2] for item in found.items] == ["a.yaml"]
    assert [fact.rpartition("/")[2].partition(",")[0] for fact in found.foreign] == [
        "b.pt is a pickle",
        "c.engine is compiled by TensorRT",
    ]


def test_a_folder_of_such_models_alone_says_what_they_are(tmp_path):
    (tmp_path / "b.pt").write_bytes(b"\x80")
    with pytest.raises(RfcalcError, match=r"holds no network and no model; .*b\.pt is a pickle"):
        listed(str(tmp_path))
