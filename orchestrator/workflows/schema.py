"""The JSON Schema of workflow files, with which editors complete and check them."""

from typing import Any, get_args

from orchestrator.workflows.shape import STAGES, File, InputType


def schema() -> dict[str, Any]:
    """What a file may contain by its shape; `check` knows more."""
    whole = File.model_json_schema()
    parts = whole["$defs"]
    for part in (whole, *parts.values()):
        for key, said in part["properties"].items():
            part["properties"][key] = _plain(said)
    parts["InputShape"]["description"] = "A value for a run."
    whole["properties"]["inputs"]["additionalProperties"] = {
        "anyOf": [{"enum": list(get_args(InputType))}, {"$ref": "#/$defs/InputShape"}]
    }
    parts["Stage"] = _any_stage()
    whole["properties"]["workflow"] |= {"items": {"$ref": "#/$defs/Stage"}, "minItems": 1}
    whole["title"] = "orch workflow"
    return whole


def _plain(said: dict[str, Any]) -> dict[str, Any]:
    """Without titles, which only repeat the key, and without null, which no key may have."""
    said = {key: value for key, value in said.items() if key != "title"}
    if said.get("default", "") is None:
        del said["default"]
    kinds = [each for each in said.get("anyOf", []) if each != {"type": "null"}]
    if len(kinds) == 1:
        del said["anyOf"]
        said |= kinds[0]
    elif kinds:
        said["anyOf"] = kinds
    return said


def _any_stage() -> dict[str, Any]:
    """A stage by its type, which is optional for an agent."""
    (first, agent), *others = STAGES.items()
    chosen: dict[str, Any] = {"$ref": f"#/$defs/{agent.__name__}"}
    for kind, model in reversed(others):
        chosen = {
            "if": {"properties": {"type": {"const": kind}}, "required": ["type"]},
            "then": {"$ref": f"#/$defs/{model.__name__}"},
            "else": chosen,
        }
    return {"type": "object", "properties": {"type": {"enum": list(STAGES), "default": first}}, **chosen}
