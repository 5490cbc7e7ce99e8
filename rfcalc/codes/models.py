"""What can be wrong with a model of a framework? RF5xx."""

from rfcalc.codes.code import Code

__all__ = ["MODELS"]

MODELS: dict[str, Code] = {
    "RF501": Code(
        "operator not handled",
        "The model uses an operator that rfcalc does not know, or whose result depends on the "
        "values themselves. It is never taken for element-wise by itself.",
        "Ask for the part before it with `submodule=`, or say that it is element-wise with "
        "`assume_pointwise=OP`; the result is then marked as not exact. `rfcalc ops torch` lists "
        "what is handled.",
    ),
    "RF502": Code(
        "axes that cannot be followed",
        "A view cuts an axis askew, a window runs over a part of an axis, or cells are combined "
        "with others in a way that is no relation of one axis with itself.",
        "Ask for the part before the named node with `submodule=`.",
    ),
    "RF504": Code(
        "a model file that cannot be read",
        "The file is missing, cut short, or not of the format its name says.",
        "Save it again: `torch.export.save`, or Keras' `model.save('model.keras')`.",
    ),
    "RF505": Code(
        "a package is missing",
        "Reading this kind of model needs a package that is not installed.",
        "Install it with the line that is shown.",
    ),
    "RF506": Code(
        "the target names no module",
        "`package.module:factory` or `file.py:factory` cannot be imported, or gives no "
        "`torch.nn.Module`.",
        "Name a class, a function that returns a module, or a module.",
    ),
    "RF507": Code(
        "the model itself raised",
        "Code of the model, not of rfcalc, ended in an exception, at the place shown.",
        "Check the shapes given with `input=`, and the keywords.",
    ),
    "RF508": Code(
        "the model can be neither recorded nor exported",
        "A forward pass could not be recorded, and `torch.export` could not trace the model, most "
        "often because its control flow depends on values.",
        "Ask for a part of it with `submodule=`.",
    ),
    "RF509": Code(
        "no output depends on an input",
        "Nothing that the model puts out was computed from what it is given.",
        "Check which inputs and outputs are asked for.",
    ),
    "RF510": Code(
        "no such submodule",
        "The model has no submodule of that path, or does not call it.",
        "Use a path of PyTorch's `model.named_modules()`, or the name of a Keras layer.",
    ),
    "RF511": Code(
        "an assumption about an operator that is not there",
        "`assume_pointwise=` names an operator that the model does not use.",
        "Correct the name; the error that asked for it names the operator.",
    ),
    "RF512": Code(
        "no example input, or an impossible one",
        "A PyTorch model is read at example inputs of given shapes; a Keras model has sizes that "
        "are left open, or others than those given.",
        "Give one shape per input, batch and channels included: `input=(1, 3, 224, 224)`.",
    ),
    "RF513": Code(
        "a mistake of rfcalc",
        "The code that reads an operator failed in a way that no file is the cause of.",
        "Report it with the model: the environment variable RFCALC_DEBUG=1 adds the place. Until "
        "then ask for the part before the named node with `submodule=`, or say that the operator "
        "is element-wise with `assume_pointwise=OP`.",
    ),
    "RF515": Code(
        "the model's code reads values",
        "Python reads a value that depends on the input (`.item()`, `.tolist()`, `if x.sum() > "
        "0`), and what it does with it cannot be seen.",
        "Take the value that it has at the example input with `take_values=True`; the result is "
        "then marked as not exact. Or ask for a part of the model that does without, with "
        "`submodule=`.",
    ),
    "RF517": Code(
        "a value for what is no input",
        "`value=` names what the model has no input for, or gives another count of numbers.",
        "Name an input of the file, and give one number or as many as it takes.",
    ),
}
"""The codes of the hundred, in order."""
