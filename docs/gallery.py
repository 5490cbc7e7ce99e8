"""Which pictures does rfcalc make? Draw each of them: ``python docs/gallery.py [FOLDER]``."""

import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]

GALLERY = {
    "hdc-1-2-9.png": "heatmap examples/hdc-1-2-9.yaml --dpi 80",
    "stage-gridded.png": "heatmap k3d2,k3d4,k3d6 --dpi 80",
    "stage-repaired.png": "heatmap k3,k3d3,k3d8 --dpi 80",
    "pspnet-run.png": "heatmap zoo:pspnet --ignore-global --source layer2 --layer layer4 --dpi 80",
    "pspnet-stage.png": "heatmap zoo:pspnet --stage 1 --what erf --dpi 80",
    "hdc-all-layers.png": "heatmap k3d2,k3d2,k3d2 --all-layers --dpi 90",
    "hdc-compare.png": "heatmap k3,k3d2,k3d5 --compare k3d2,k3d2,k3d4 --what paths --dpi 80",
    "vgg16-erf.png": "heatmap examples/vgg16.yaml --what erf --dpi 80",
    "border.png": "heatmap k3,k3d2,k3d5 --at 1,14 --input 24,24 --what paths --dpi 80",
    "wavenet.png": "heatmap examples/wavenet.yaml --what paths --dpi 80",
    "context3d.png": "heatmap examples/context3d.yaml --what paths --dpi 80",
    "connections.png": "heatmap k2,k2d2,k2d4,k2d8 --dims 1 --connections --dpi 90",
    "growing.gif": "heatmap k3,k3d2,k3d5 --what paths --dpi 60",
    "growth.png": "growth examples/vgg16.yaml examples/resnet50.yaml --dpi 90",
}
"""File and the command that makes it, run from the root of the repository."""


def main(folder: Path) -> None:
    """Write every picture of the gallery into a folder."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, words in GALLERY.items():
        command = [sys.executable, "-m", "rfcalc", *words.split(), "-o", str(folder / name), "-q"]
        subprocess.run(command, cwd=ROOT, check=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]) if len(sys.argv) > 1 else ROOT / "docs" / "images")
