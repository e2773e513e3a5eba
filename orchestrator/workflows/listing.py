"""The workflows of a repository, in short."""

from pathlib import Path

from orchestrator.core.workflow.views import InputNote, WorkflowFile
from orchestrator.workflows.finding import files, read
from orchestrator.workflows.fitting import Draft
from orchestrator.workflows.inputs import choices, guessed
from orchestrator.workflows.planning import drafted
from orchestrator.workflows.problems import Problem, WorkflowError, WorkflowMissing, in_order


def listing(folder: Path) -> tuple[WorkflowFile, ...]:
    """The workflows in `.orch/workflows` of the repository that contains the folder, by name."""
    return tuple(_file(path) for path in files(folder))


def _file(path: Path) -> WorkflowFile:
    try:
        draft = drafted(read(path))
    except WorkflowError as error:
        return WorkflowFile(path.stem, str(path), (), (), _said(error.problems))
    except WorkflowMissing as error:
        return WorkflowFile(path.stem, str(path), (), (), str(error))
    errors = in_order(each for each in draft.problems if not each.warning)
    stages = tuple(stage.name for stage in draft.stages if stage.name)
    return WorkflowFile(path.stem, str(path), stages, _inputs(draft), _said(errors), _notes(draft))


def _notes(draft: Draft) -> tuple[InputNote, ...]:
    notes = (
        InputNote(name, shape.description, tuple(choices(shape))) for name, shape in draft.inputs.items()
    )
    return tuple(each for each in notes if each.description or each.choices)


def _said(errors: tuple[Problem, ...]) -> str:
    return f"line {errors[0].line}: {errors[0]}" if errors else ""


def _inputs(draft: Draft) -> tuple[tuple[str, str, str], ...]:
    return tuple(
        (name, draft.inputs[name].type, "" if value.guessed else value.text)
        for name, value in guessed(draft).items()
    )
