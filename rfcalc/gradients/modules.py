"""How is a PyTorch module measured? Its network, and where its layers have their values."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from rfcalc.errors import fail
from rfcalc.gradients.capturing import Spot, capturing
from rfcalc.gradients.seats import Seat, parts_of
from rfcalc.importers.axes import Tensor, Value
from rfcalc.importers.torch.exported import exported
from rfcalc.importers.torch.raised import theirs
from rfcalc.importers.torch.reader import read_values
from rfcalc.importers.torch.reading import told
from rfcalc.importers.torch.recording import Recording, Unrecorded, ends, inputs_of, record

if TYPE_CHECKING:
    import torch

__all__ = ["Module"]


class Module:
    """A PyTorch module that is run to be measured at inputs like those given, and its network.

    Errors are those of ``from_torch``.
    """

    def __init__(
        self,
        module: "torch.nn.Module",
        args: Sequence[object],
        kwargs: Mapping[str, object] | None,
        layout: Sequence[str] | None,
        assume_pointwise: Sequence[str],
        take_values: bool,
    ) -> None:
        recording: Recording | None
        try:
            recording = record(module, args, kwargs, take_values=take_values)
            program = recording.program
        except Unrecorded:
            recording, program = None, exported(module, args, kwargs)
        network, values, results = read_values(program, layout, assume_pointwise)
        self.network = told(network, recording) if recording else network
        self.module = module
        made = (values[name] for name in program.inputs)
        self.inputs = [value for value in made if isinstance(value, Tensor)]
        self.seats: dict[int, Seat] = {}
        for number, value in enumerate(results):
            for held, part in parts_of(value):
                if held.node is not None:
                    self.seats.setdefault(held.node, Seat(number, None, held, part))
        if recording is not None:
            self._seat(recording, values)

    def _seat(self, recording: Recording, values: Mapping[str, Value]) -> None:
        """Find where the layers have their values: the first that holds all of a node's cells."""
        spots: dict[str, Spot] = {}
        for number, names in enumerate(recording.functions):
            for part, name in enumerate(names):
                spots.setdefault(name, (number, part))
        first: dict[int, str] = {}
        for name, value in values.items():
            if isinstance(value, Tensor) and value.node is not None:
                first.setdefault(value.node, name)
        for node, name in first.items():
            held = values[name]
            if name in spots and node not in self.seats and isinstance(held, Tensor):
                self.seats[node] = Seat(None, spots[name], held)

    def seat(self, node: int) -> Seat:
        """Return where a node has its value.

        Raises
        ------
        RfcalcError
            RF441: it is an input, or no value that the module's code holds.
        """
        found = self.seats.get(node)
        if found is None or node < len(self.inputs):
            fact = f"'{self.network.nodes[node].name}' is no value that the module's code holds"
            raise fail("RF441", fact, "name the module around it: `layer=NAME`")
        return found

    def run(
        self, args: Sequence[object], kwargs: Mapping[str, object], seats: Sequence[Seat]
    ) -> "list[torch.Tensor | None]":
        """Return the tensors at some seats.

        Raises
        ------
        RfcalcError
            RF507: the module raised.
        """
        import torch

        wanted = {seat.spot for seat in seats if seat.spot is not None}
        torch.backends.mha.set_fastpath_enabled(False)  # as it was recorded
        try:
            with torch.enable_grad(), capturing(wanted) as held:
                made = self.module(*args, **kwargs)
        except (Exception, SystemExit) as fault:
            raise theirs("the model", fault) from None
        outputs = [tensor for tensor, _ in ends(made)]
        return [seat.of(outputs, held) for seat in seats]

    def tensors(self, args: Sequence[object], kwargs: Mapping[str, object]) -> "list[torch.Tensor]":
        """Return the tensors among arguments, in the order of the network's inputs."""
        return [tensor for _, tensor in inputs_of(self.module, args, dict(kwargs))]
