"""Are real Keras models read right? All of keras.applications, and networks of many kinds."""

import time

import pytest

pytest.importorskip("torch")
pytest.importorskip("keras")

from rfcalc.importers import read_keras
from rfcalc.interior import growth
from rfcalc.network import without_global
from tests.importers.keras_models import EXAMPLES, cases
from tests.importers.keras_oracle import compare, keras, read
from tests.whole import sample

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

APPLICATIONS = {case.name: case for case in cases() if case.family == "keras.applications"}

LOCAL = {
    "ResNet50": 483,
    "ResNet101": 1027,
    "ResNet152": 1507,
    "ResNet50V2": 483,
    "MobileNet": 315,
    "InceptionV3": 1311,
    "InceptionResNetV2": 3039,
    "VGG16": 212,
    "DenseNet121": 2071,
    "EfficientNetB0": 851,
}
"""Fields without the pooling at the end. Source: Araujo et al. 2019, appendix.

Keras' ResNets have their strides in the first 1x1 of a stage, as in the paper; torchvision's
have them in the 3x3, so that its ResNet-50 sees 427 and not 483.
"""

GLOBAL = ("gap", "avg_pool", "global_average_pooling2d", "se_squeeze", "fc1", "squeeze_excite")


@pytest.fixture(scope="module")
def texts(tmp_path_factory):
    """Return where the text of an application is, made without memory for its weights."""
    folder, known = tmp_path_factory.mktemp("applications"), {}

    def text(name):
        if name not in known:
            with keras.device("meta"):
                model = APPLICATIONS[name].build()
            known[name] = folder / f"{name}.json"
            known[name].write_text(model.to_json())
        return known[name]

    return text


TRIED = [*LOCAL, *sample([name for name in APPLICATIONS if name not in LOCAL], 8)]


@pytest.mark.parametrize("name", sample(TRIED, 8))
def test_an_application_is_exact_or_says_what_sees_everything(name, texts):
    network = read_keras(texts(name), shapes=APPLICATIONS[name].shapes)
    assert network.assumed == ()
    cause = growth(network).rows[-1].unbounded
    assert cause is not None
    assert all(any(word in axis.by for word in GLOBAL) for axis in cause), cause
    rest = growth(without_global(network)).rows[-1]
    assert rest.unbounded is None
    if name in LOCAL:
        assert rest.rf == (LOCAL[name],) * 2


def test_every_application_is_in_the_list():
    assert len(APPLICATIONS) >= 38


LIGHT = ("MobileNet", "MobileNetV2", "ResNet50", "EfficientNetB0", "Xception", "ConvNeXtTiny")


@pytest.mark.parametrize("name", sample(LIGHT, 3))
def test_an_application_reads_what_its_gradient_reaches(name, tmp_path):
    side = 75 if name == "Xception" else 64
    model = APPLICATIONS[name].build(include_top=False, input_shape=(side, side, 3))
    verdict = compare(model, read(model, tmp_path), [(1, side, side, 3)])
    assert (verdict.wrong, verdict.wide) == (0, 0), verdict.first
    assert verdict.equal >= 3


@pytest.mark.parametrize("name", [name for name, _, _ in EXAMPLES])
def test_an_example_reads_what_its_gradient_reaches(name, tmp_path):
    build, shapes = next((b, s) for n, b, s in EXAMPLES if n == name)
    model = build()
    network = read(model, tmp_path, shapes=shapes)
    assert network.assumed == ()
    verdict = compare(model, network, list(shapes), first=name == "discriminator")
    assert (verdict.wrong, verdict.wide) == (0, 0), verdict.first
    assert verdict.equal > 0


def test_a_deep_network_is_read_in_milliseconds(texts):
    path = texts("ResNet152")
    spent = []
    for _ in range(3):
        start = time.process_time()
        read_keras(path)
        spent.append(time.process_time() - start)
    assert min(spent) < 0.5
