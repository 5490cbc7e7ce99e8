"""Does a document keep to a JSON Schema? A validator that stops at the first fault of a choice."""

from jsonschema import Draft202012Validator, ValidationError
from jsonschema.validators import extend

__all__ = ["validator"]


def any_of(parent, choices, document, schema):
    """Take the first choice that fits, and list no faults of the others: every op is a choice."""
    if not any(parent.evolve(schema=choice).is_valid(document) for choice in choices):
        yield ValidationError(f"{document!r} is none of these")


def validator(schema):
    """Return what says of a document whether it keeps to the schema."""
    return extend(Draft202012Validator, {"anyOf": any_of})(schema)
