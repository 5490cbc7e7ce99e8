"""Are the rows of each reader's table operators that its framework has?"""

import pytest

from rfcalc.importers.tables import FRAMEWORKS, table

onnx = pytest.importorskip("onnx")


@pytest.mark.parametrize("framework", FRAMEWORKS)
def test_a_row_is_no_single_letter(framework):
    letters = [row.name for row in table(framework) if len(row.name) == 1]
    assert letters == (["t"] if framework == "torch" else [])


def test_a_row_without_a_domain_is_an_operator_of_the_standard():
    standard = {schema.name for schema in onnx.defs.get_all_schemas_with_history()}
    own = {row.name for row in table("onnx") if "." not in row.name}
    # ONNX Runtime writes it without a domain, as a later operator of the standard.
    assert own - standard == {"SimplifiedLayerNormalization"}
    assert "com.microsoft.CropAndResize" in {row.name for row in table("onnx")}
