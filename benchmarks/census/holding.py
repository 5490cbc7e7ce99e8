"""Does a Keras model or an ONNX file read what its masks say? ``PACKAGE NAME POSITIONS``.

Exit status 0 where all agree, 1 where a mask is refuted, 2 where nothing could be compared. The
model runs on PyTorch, with positive weights and what saturates exchanged for sums.
"""

import sys

from tests.importers.models.case import Case
from tests.importers.models.running import WAYS


def main(package: str, name: str, most: str) -> int:
    """Return the exit status."""
    case = next(one for one in _cases(package) if one.name == name)
    way = WAYS[case.way]
    model = way.build(case)
    network = way.read(case, way.export(case, model))
    if case.family == "keras.applications":
        model = way.build(case)
    verdict = way.judge(network, way.measure(case, model, network, int(most)))
    if verdict.wrong or (verdict.wide and not network.assumed):
        return 1
    if not verdict.equal:
        sys.stderr.write("nothing could be compared\n")
        return 2
    return 0


def _cases(package: str) -> list[Case]:
    if package == "keras":
        from tests.importers.keras_models import cases

        return cases()
    from tests.importers.models.onnx import carried

    return carried()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
