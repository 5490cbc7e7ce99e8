"""How large are the objects that a network is to see? Sides that are typed, or those of labels."""

from rfcalc.objects.counted import Objects
from rfcalc.objects.reading import Sizes, read_objects
from rfcalc.objects.scaling import Scaling, scaling

__all__ = ["Objects", "Scaling", "Sizes", "read_objects", "scaling"]
