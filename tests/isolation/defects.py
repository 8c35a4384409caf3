"""Guards taken out, one at a time: the suite must notice each of them (its negative controls)."""

from tests.isolation import defects_edges, defects_inside
from tests.isolation.planting import DEFECTS, Defect

__all__ = ["DEFECTS", "Defect", "defects_edges", "defects_inside"]
