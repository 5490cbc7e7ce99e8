"""What comes of one model of the list? Exported, read, and held against its own gradient."""

import gzip
import itertools
import pickle
import signal
import tempfile
import time
import warnings
from pathlib import Path
from typing import Any, NamedTuple, Protocol

from rfcalc.errors import RfcalcError
from rfcalc.importers import read_keras, read_onnx
from rfcalc.interior import growth
from rfcalc.network import Network
from tests.importers.models.case import Case


class Row(NamedTuple):
    """What came of one model; ``check`` counts comparisons equal / wide / wrong."""

    family: str
    name: str
    status: str
    detail: str
    nodes: int
    build_s: float
    export_s: float
    read_ms: float
    growth_ms: float
    check: str
    check_s: float


class Kept(NamedTuple):
    """What does not depend on the reader: the exported program, and the gradients."""

    program: Any
    measured: Any
    build_s: float
    export_s: float


class Way(Protocol):
    """How a model gets here: made, exported, read, measured, held against the measurement."""

    def build(self, case: Case) -> Any:
        """Return the model itself."""
        ...

    def export(self, case: Case, model: Any) -> Any:
        """Return what is read of the model."""
        ...

    def read(self, case: Case, program: Any) -> Network:
        """Return the network that rfcalc reads."""
        ...

    def measure(self, case: Case, model: Any, network: Network, most: int = 3) -> Any:
        """Return what gradients reach, of a model that may be changed by it.

        Parameters
        ----------
        most : positions of each output and layer.
        """
        ...

    def judge(self, network: Network, measured: Any) -> Any:
        """Return the verdict."""
        ...


class _Torch:
    def build(self, case: Case) -> Any:
        return case.build().eval()

    def export(self, case: Case, model: Any) -> Any:
        from rfcalc.importers.torch.exported import exported

        return exported(model, _zeros(case))

    def read(self, case: Case, program: Any) -> Network:
        from rfcalc.importers.torch.reader import read_program

        return read_program(program)

    def measure(self, case: Case, model: Any, network: Network, most: int = 3) -> Any:
        from tests.importers.oracle import measure

        return measure(model, _zeros(case), network, targets=1, most=most)

    def judge(self, network: Network, measured: Any) -> Any:
        from tests.importers.oracle import judge

        return judge(network, measured)


class _Onnx(_Torch):
    """Files: bytes as they are, or made of a module by one of the exporters."""

    def build(self, case: Case) -> Any:
        return case.build()

    def export(self, case: Case, model: Any) -> Any:
        from tests.importers.models.onnx import written

        if isinstance(model, bytes):
            return model
        try:
            return written(*model, _zeros(case))
        except Exception as fault:  # the exporters raise many kinds
            raise _NotExportedError(str(fault).splitlines()[0]) from None

    def read(self, case: Case, program: Any) -> Network:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.onnx"
            path.write_bytes(program)
            return read_onnx(path)

    def measure(self, case: Case, model: Any, network: Network, most: int = 3) -> Any:
        if not isinstance(model, bytes):
            return super().measure(case, model[0], network, most)
        from tests.importers.onnx_torch import measured

        return measured(model, network, most=most)


class _Keras:
    """Configurations: read whole, and held against the gradient without the head, at 64 cells."""

    def build(self, case: Case) -> Any:
        from tests.importers.keras_oracle import keras

        if case.family == "keras.applications":
            with keras.device("meta"):
                return case.build()
        return case.build()

    def export(self, case: Case, model: Any) -> Any:
        return model.to_json()

    def read(self, case: Case, program: Any) -> Network:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "model.json"
            path.write_text(program)
            return read_keras(path, shapes=case.shapes)

    def measure(self, case: Case, model: Any, network: Network, most: int = 3) -> Any:
        from tests.importers.keras_oracle import compare

        if case.family != "keras.applications":
            first = case.name == "discriminator"
            return compare(model, network, list(case.shapes), first, most=most)
        side = 75 if case.name in ("InceptionV3", "InceptionResNetV2", "Xception") else 64
        small = case.build(include_top=False, input_shape=(side, side, 3))
        shapes = ((1, side, side, 3),)
        network = self.read(case._replace(shapes=shapes), small.to_json())
        return compare(small, network, list(shapes), most=most)

    def judge(self, network: Network, measured: Any) -> Any:
        return measured


WAYS: dict[str, Way] = {"torch": _Torch(), "onnx": _Onnx(), "keras": _Keras()}


def _zeros(case: Case) -> tuple[Any, ...]:
    import torch

    return tuple(torch.zeros(shape) for shape in case.shapes)


class _NotExportedError(Exception):
    """An exporter refused the model."""


class _TooLong(BaseException):
    """The model took longer than its time."""


def _ring(*_: Any) -> None:
    raise _TooLong


def run(case: Case, check: bool, seconds: int = 90, keep: Path | None = None) -> Row:
    """Read one model and say what came of it."""
    way = WAYS[case.way]
    t = [time.perf_counter()] * 6
    nodes, said, status, detail = 0, "", "", ""
    # Only for PyTorch's own models do the gradients not depend on the reader.
    keep = keep if case.way == "torch" else None
    file = keep / f"{case.family}-{case.name}.pickle.gz".replace("/", "-") if keep else None
    kept = _kept(file)
    signal.signal(signal.SIGALRM, _ring)
    signal.alarm(seconds)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            model = None if kept else way.build(case)
            t[1] = time.perf_counter()
            program = kept.program if kept else way.export(case, model)
            t[2] = time.perf_counter()
            if file is not None and kept is None:
                kept = Kept(program, None, t[1] - t[0], t[2] - t[1])
                _write(file, kept)
            network = way.read(case, program)
            t[3] = time.perf_counter()
            cause = _unbounded(network)
            t[4] = time.perf_counter()
            nodes = len(network.nodes)
            status = "exact" if cause is None else "unbounded"
            if network.assumed:
                status = "assumed"
            detail = cause or (str(network.assumed[0]) if network.assumed else "")
            if check:
                measured = kept.measured if kept else None
                if measured is None:
                    measured = way.measure(case, model or way.build(case), network)
                    if file is not None and kept is not None:
                        _write(file, kept._replace(measured=measured))
                verdict = way.judge(network, measured)
                said = f"{verdict.equal}/{verdict.wide}/{verdict.wrong} {verdict.first}"
                if verdict.wrong or (verdict.wide and not network.assumed):
                    status, detail = "wrong" if verdict.wrong else "wide", verdict.first
    except _TooLong:
        status, detail = (status if status else "slow"), f"more than {seconds} s"
    except _NotExportedError as fault:
        status, detail = "not exported", str(fault)
    except RfcalcError as fault:
        first = fault.diagnostics[0]
        status = {"RF507": "their error", "RF508": "not exported"}.get(first.code, "refused")
        detail = f"{first.code} {first.message}"
    except Exception as fault:
        status = "their error" if t[1] == t[0] else "crash"
        detail = f"{type(fault).__name__}: {str(fault)[:200]}"
    finally:
        signal.alarm(0)
    t[5] = time.perf_counter()
    gaps = [max(0.0, b - a) for a, b in itertools.pairwise(t)]
    if kept is not None:
        gaps[:2] = kept.build_s, kept.export_s
    return Row(
        case.family,
        case.name,
        status,
        detail[:300],
        nodes,
        round(gaps[0], 2),
        round(gaps[1], 2),
        round(gaps[2] * 1e3, 1),
        round(gaps[3] * 1e3, 1),
        said[:200],
        round(gaps[4], 1),
    )


def _unbounded(network: Network) -> str | None:
    """Return what makes an output see everything, ``None`` when all are bounded."""
    last = {row.name: row for row in growth(network).rows}
    rows = [last.get(network.nodes[i].name) for i in network.outputs]
    return next((row.unbounded for row in rows if row and row.unbounded), None)


class _Unpickler(pickle.Unpickler):
    """Knows what the list kept when it was one program."""

    def find_class(self, module: str, name: str) -> Any:
        """Return a class by the module that has it now."""
        return Kept if name == "Kept" else super().find_class(module, name)


def _kept(file: Path | None) -> Kept | None:
    if file is None or not file.exists():
        return None
    with gzip.open(file) as held:
        return _Unpickler(held).load()


def _write(file: Path, kept: Kept) -> None:
    file.write_bytes(gzip.compress(pickle.dumps(kept), 1))
