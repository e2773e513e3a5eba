"""The page on workflows shows nothing that does not hold."""

import re

from orchestrator.workflows import check
from orchestrator.workflows.shape import STAGES, Head, InputShape
from tests.guard import CHECKOUT

PAGE = (CHECKOUT / "docs" / "workflows.md").read_text()


def test_every_key_has_its_row() -> None:
    for model in (Head, InputShape, *STAGES.values()):
        for name, field in model.model_fields.items():
            if name != "type":
                assert f"| `{name}` |" in PAGE
                assert f"| {field.description} |" in PAGE, name


def test_every_piece_of_yaml_is_a_workflow_or_a_part_of_one() -> None:
    pieces = re.findall(r"^```yaml\n(.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert len(pieces) >= 4
    inputs = next(each for each in pieces if each.startswith("inputs:"))
    for piece in pieces:
        stages = "workflow:\n" + piece if piece.startswith("- ") else "workflow: [{name: a, prompt: x}]\n"
        text = piece if piece.startswith("workflow:") else inputs + stages
        assert check(text) == (), piece
