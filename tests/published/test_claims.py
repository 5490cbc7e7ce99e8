"""Do the shipped networks give the fields and sizes that papers and authors' code state of them?"""

import pytest

from rfcalc.loading import load
from rfcalc.tiling.streams import stream
from tests.published.shapes import rows


@pytest.mark.parametrize(
    ("name", "layer", "rf", "jump", "source"),
    [
        ("wav2vec", "encoder", 465, 160, "Schneider 2019: about 30 ms of 16 kHz every 10 ms"),
        ("wav2vec", None, 3345, 160, "Schneider 2019: about 210 ms"),
        ("wav2vec2-encoder", None, 400, 320, "Baevski 2020, section 4.2"),
        (
            "demucs-denoiser",
            "encoder5",
            4 * 597,
            4 * 256,
            "denoiser: valid_length(1), total_stride",
        ),
        ("dac", "embeddings", 7978, 512, "hop_length; the gradient of its Encoder"),
        ("dac", None, 17706, 1, "dac.py as a script: its gradient at the middle sample"),
        ("diffwave", None, 6139, 1, "Kong 2021, unconditional generation"),
        ("ms-tcn", "layer1", 3, 1, "Abu Farha 2019: 2^(l+1) - 1"),
        ("ms-tcn", "layer10", 2047, 1, "Abu Farha 2019: 2^(l+1) - 1"),
        ("keras-tcn", None, 631, 1, "TCN.receptive_field"),
        ("x-vector", "frame1", 5, 1, "Snyder 2018, table 1"),
        ("x-vector", "frame2", 9, 1, "Snyder 2018, table 1"),
        ("x-vector", "frame5", 15, 1, "Snyder 2018, table 1"),
        ("spliceai-10k", "group1", 80 + 1, 1, "Jaganathan 2019: SpliceAI-80nt"),
        ("spliceai-10k", "group2", 400 + 1, 1, "Jaganathan 2019: SpliceAI-400nt"),
        ("spliceai-10k", "group3", 2000 + 1, 1, "Jaganathan 2019: SpliceAI-2k"),
        ("spliceai-10k", None, 10000 + 1, 1, "Jaganathan 2019: SpliceAI-10k"),
        ("segnet-basic", "pool4", 106, 16, "Badrinarayanan 2017"),
        ("segnet", "pool5", 212, 32, "Araujo 2019, for VGG-16"),
        ("vgg11", None, 150, 32, "Araujo 2019, vgg_a/pool5"),
        ("darknet53", None, 725, 32, "Bochkovskiy 2020, table 1, for CSPDarknet53"),
        ("unet", None, 204, 1, "Loos 2024, trf204"),
        ("unet-same", None, 204, 1, "Loos 2024, trf204"),
        ("tcn", None, 1 + 2 * 6 * (2**8 - 1), 1, "Bai 2018: (k - 1) d for one convolution"),
    ],
)
def test_a_published_field(name, layer, rf, jump, source):
    network = load(f"zoo:{name}")
    row = rows(network)[network.index(layer, network.output)]
    assert (set(row.rf), set(row.jump)) == ({rf}, {jump}), source


def test_soundstream_is_late_by_one_frame():
    """Zeghidour et al. 2021: 320 samples, 13.3 ms at 24 kHz, until the last of a frame is there."""
    assert stream(load("zoo:soundstream")).latency == 320 - 1


def test_the_encoder_of_dac_pads_3733_samples_in_front():
    network = load("zoo:dac")
    assert rows(network)[network.index("embeddings", network.output)].start == (-3733,)


@pytest.mark.parametrize(
    ("name", "layer", "size"),
    [
        ("convnext-t", None, (7, 7)),
        ("deeplabv3-multigrid", "block4", (33, 33)),
        ("deeplabv3-resnet50", "layer4", (65, 65)),
        ("deeplabv3plus", "block4", (33, 33)),
        ("deeplabv3plus", "high", (129, 129)),
        ("deeplabv3plus-xception65", "exit2", (33, 33)),
        ("demucs", None, (441_004,)),
        ("densenet121", None, (7, 7)),
        ("densenet264", None, (7, 7)),
        ("drn-c-26", None, (28, 28)),
        ("drn-d-22", None, (28, 28)),
        ("edsr", None, (96, 96)),
        ("efficientnet-b0", None, (7, 7)),
        ("encodec-24khz", "embeddings", (75,)),
        ("enet", "initial", (256, 256)),
        ("enet", "stage1", (128, 128)),
        ("enet", "stage3", (64, 64)),
        ("erfnet", "encoder", (64, 128)),
        ("espnet", "encoder", (64, 128)),
        ("fcn-resnet50", "classifier", (65, 65)),
        ("hourglass4", None, (64, 64)),
        ("mobilenet-v2", None, (7, 7)),
        ("mobilenet-v3", None, (7, 7)),
        ("pspnet", "layer4", (60, 60)),
        ("resnext50", None, (7, 7)),
        ("soundstream", "embeddings", (75,)),
        ("unet", None, (388, 388)),
        ("vgg13", None, (7, 7)),
        ("vgg19", None, (7, 7)),
        ("yu-koltun-frontend", None, (66, 66)),
    ],
)
def test_a_published_size(name, layer, size):
    network = load(f"zoo:{name}")
    assert network.nodes[network.index(layer, network.output)].size == size
