"""Do other packages' implementations of the zoo's networks read what its files say?

A sample; the whole table with ``RFCALC_WHOLE=1``.
"""

import pytest

from rfcalc.architectures import zoo_names
from rfcalc.interior import growth
from rfcalc.loading import load
from tests.importers.models import declare_torchvision_operators
from tests.published.implementations import IMPLEMENTATIONS
from tests.published.namesakes import NAMESAKES
from tests.published.packages import MODULES
from tests.whole import WHOLE

pytestmark = [pytest.mark.slow, pytest.mark.filterwarnings("ignore")]

TABLE = {one.name: one for one in IMPLEMENTATIONS}
SAMPLE = (
    "alexnet-torchvision",
    "aspp-module-monai",
    "deeplabv3-resnet50-torchvision",
    "densenet121-monai",
    "efficientnet-b0-torchvision",
    "fcn-resnet50-torchvision",
    "googlenet-torchvision",
    "inception-v3-timm",
    "mobilenet-v1-keras",
    "mobilenet-v2-timm",
    "mobilenet-v3-torchvision",
    "patchgan70-monai",
    "resnet18-smp",
    "resnext50-torchvision",
    "unet-same-monai",
    "vgg16-keras",
)


def imported(package):
    pytest.importorskip("torch")
    declare_torchvision_operators()
    return pytest.importorskip(MODULES.get(package, package))


@pytest.mark.parametrize("name", TABLE if WHOLE else SAMPLE)
def test_an_implementation_reads_what_the_zoo_says(name):
    imported(TABLE[name].package)
    from tests.published.holding import hold

    assert hold(TABLE[name]) >= 3 * len(TABLE[name].pairs)


def test_an_implementation_that_differs_is_found_out():
    """The comparison above can fail: torchvision's GoogLeNet as it is has other convolutions."""
    imported("torchvision")
    from tests.published.holding import hold
    from tests.published.packages import torchvision

    wrong = TABLE["googlenet-torchvision"]._replace(
        build=torchvision("googlenet", init_weights=False), pairs={"inception_3a": "inception3a"}
    )
    with pytest.raises(AssertionError, match="inception_3a"):
        hold(wrong)


@pytest.mark.parametrize(
    "one",
    NAMESAKES if WHOLE else NAMESAKES[-4:],
    ids=lambda one: f"{one.zoo}-{one.layer}-{one.package}",
)
def test_a_namesake_has_the_other_field_it_is_said_to_have(one):
    imported(one.package)
    from tests.published.holding import field

    network = load(f"zoo:{one.zoo}")
    (row,) = (
        row
        for row in growth(network).rows
        if row.name == network.nodes[network.index(one.layer, network.output)].name
    )
    assert field(one) == one.rf != row.rf[0]


def _named(package):
    """Return the models that a package lists by name."""
    module = imported(package)
    if package == "torchvision":
        return module.models.list_models()
    if package == "timm":
        return module.list_models()
    if package == "smp":
        return [*module.encoders.get_encoder_names(), *module.MODEL_ARCHITECTURES_MAPPING]
    if package == "monai":
        from monai.networks import nets

        return vars(nets)
    return vars(module.applications)


@pytest.mark.parametrize("package", ["keras", "monai", "smp", "timm", "torchvision"])
def test_a_network_whose_name_a_package_has_is_held_against_it(package):
    """A file that is added under such a name needs a line in the table, or among the namesakes."""

    def plain(name):
        return name.replace("-", "").replace("_", "").lower()

    listed = {plain(name) for name in _named(package)}
    known = {one.zoo for one in (*IMPLEMENTATIONS, *NAMESAKES) if one.package == package}
    assert [name for name in zoo_names() if plain(name) in listed and name not in known] == []
