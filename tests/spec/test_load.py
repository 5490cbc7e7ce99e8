"""Where does a network come from, and what is said of a name that is none?"""

from pathlib import Path

import pytest

from rfcalc.errors import RfcalcError
from rfcalc.growth import growth
from rfcalc.loading import load
from rfcalc.zoo import zoo_names
from tests.spec.reading import net


def test_a_name_that_is_no_network_is_refused_with_the_forms_there_are(tmp_path):
    for name in ("", "nothing", "net.txt", str(tmp_path), str(tmp_path / "no.yaml"), "zoo:"):
        with pytest.raises(RfcalcError) as caught:
            load(name)
        assert caught.value.diagnostics[0].code in ("RF112", "RF117")
        assert caught.value.diagnostics[0].help


def test_a_shipped_network_is_found_by_its_name_and_a_near_miss_is_told():
    assert load("zoo:vgg16").name == "vgg16"
    with pytest.raises(RfcalcError, match="did you mean 'resnet50'"):
        load("zoo:resnet5o")
    assert len(zoo_names()) > 50


def test_a_file_goes_before_a_chain_of_the_same_name(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert load("k3").name == "k3"
    Path("k5.yaml").write_text("- {kernel: 9}")
    assert growth(load("k5.yaml")).rows[-1].rf == (9, 9)


def test_asking_for_a_layer_that_is_not_there_names_the_nearest():
    with pytest.raises(RfcalcError, match="did you mean 'conv1'"):
        net("layers: [{kernel: 3}]").index("conv", 0)
