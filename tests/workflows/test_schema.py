"""The JSON Schema takes what loads, and turns down what has a wrong shape."""

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from orchestrator.workflows import example, schema
from orchestrator.workflows.shape import STAGES, Defaults, File, InputShape

jsonschema = pytest.importorskip("jsonschema", reason="comes with the mcp package")

_HERE = Path(__file__).parent
_SHAPELESS = [
    "stage-key-of-another-type",
    "stage-key-of-no-gate",
    "stage-unknown-key",
    "stage-without-prompt",
    "stage-type-unknown",
    "stage-name-with-space",
    "stage-prompt-list",
    "stage-parallel-yes",
    "stage-timeout-word",
    "stage-without-value",
    "top-unknown-key-far",
    "top-workflow-empty",
    "top-without-workflow",
    "needs-a-text",
    "needs-twice",
    "join-word",
    "join-zero",
    "when-unknown-outcome",
    "when-a-text",
    "gate-without-message",
    "gate-evidence-unknown",
    "on-failure-word",
    "foreach-empty",
    "foreach-text",
    "input-type-unknown",
    "input-unknown-key",
    "defaults-unknown-key",
    "gate-quorum-zero",
]


def problems(text: str) -> list[Any]:
    return list(jsonschema.Draft202012Validator(schema()).iter_errors(yaml.safe_load(text)))


def test_it_is_a_schema_and_plain_json() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    assert json.loads(json.dumps(schema())) == schema()
    assert "://" not in json.dumps(schema())


@pytest.mark.parametrize("path", sorted((_HERE / "good").glob("*.yml")), ids=lambda path: path.stem)
def test_it_takes_good_files(path: Path) -> None:
    assert problems(path.read_text()) == []
    assert problems(example()) == []


@pytest.mark.parametrize("name", _SHAPELESS)
def test_it_turns_down_bad_shapes(name: str) -> None:
    text = (_HERE / "bad" / f"{name}.yml").read_text()
    assert problems(text.replace("parallel: yes", "parallel: 'yes'"))


def test_every_key_is_explained_for_editors() -> None:
    parts = schema()["$defs"]
    for model in (InputShape, *STAGES.values()):
        for key, said in parts[model.__name__]["properties"].items():
            assert said["description"], f"{model.__name__}.{key}"
            assert {"type": "null"} not in said.get("anyOf", []), key
    assert list(schema()["properties"]) == list(File.model_fields)
    assert set(Defaults.model_fields) < {key for model in STAGES.values() for key in model.model_fields}
    assert parts["Stage"]["properties"]["type"]["enum"] == ["agent", "script", "human-gate"]
