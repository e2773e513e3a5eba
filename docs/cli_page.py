"""The page on the command line, made from the verbs, the exit codes and the shapes of what they print."""

import ast
import inspect
import re
from collections.abc import Iterator

import click

from docs.pages import table
from orchestrator.cli import root
from orchestrator.cli.cards.watch_lines import Change
from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.group import LazyGroup, VerbGroup
from orchestrator.cli.runs.run_lines import RunLine
from orchestrator.cli.verb_table import VERBS
from orchestrator.core import literals
from orchestrator.core.board.counts import Counts
from orchestrator.core.board.views import (
    CardDetail,
    CardView,
    HubView,
    Need,
    NeedDetail,
    Question,
    Trial,
    Waited,
)
from orchestrator.core.board.windows import WindowView
from orchestrator.core.forge.changes.view import ChangeView
from orchestrator.core.forge.views import LinkedIssue
from orchestrator.core.mail.message import Delivery, Ref
from orchestrator.core.mail.views import (
    BoxView,
    DeadView,
    GatherView,
    MemberView,
    MessageView,
    SentView,
    ThreadView,
)
from orchestrator.core.model import Failure, Prompt
from orchestrator.core.needs.grants import GrantView
from orchestrator.core.phone.devices import DeviceView, Pairing, PhoneView
from orchestrator.core.sessions.model import Evidence
from orchestrator.core.workflow.run import BranchDiff, ScriptResult
from orchestrator.core.workflow.run import Evidence as GateEvidence
from orchestrator.core.workflow.views import GateView, InputNote, RunView, StageView, WorkflowFile
from orchestrator.doctor import Finding
from orchestrator.workflows import Problem

_SHAPES = (
    CardView, Counts, LinkedIssue, ChangeView, CardDetail, Evidence, Prompt, Failure, Need, NeedDetail,
    Question,
    Change, Waited, Trial,
    GrantView, WindowView, RunView, StageView, ScriptResult, RunLine, GateView, GateEvidence, BranchDiff,
    WorkflowFile, InputNote, Problem, BoxView, MessageView, Delivery, Ref, ThreadView, GatherView, MemberView,
    DeadView, SentView, HubView, PhoneView, DeviceView, Pairing, Finding,
)  # fmt: skip
_NAMES: dict[type, str] = {GateEvidence: "GateEvidence"}
"""Shapes whose name another shape also has."""
_LITERALS = re.compile(rf"\b({'|'.join(name for name, form in vars(literals).items() if form is str)})\b")


def page() -> str:
    codes = table(("code", "meaning"), [(str(code.value), code.__doc__ or "") for code in ExitCode])
    verbs = "\n".join(_verb(path, command) for path, command in _commands())
    shapes = "\n".join(map(_shape, _SHAPES))
    return f"""# The command line

`CARD` is a card's id (`c12`), its short name (`auth-refactor`), or an unambiguous prefix of it.
`REQUEST` is an id from `orch queue`, or a card with a single request.
`RUN` is a run's id (`r3`), or its workflow's name if only one of its runs is active. `GATE` is a gate's
id (`g7`), its run and stage (`r3.review-gate`), or its stage if only one such gate is open.
`TO` and `BOX` are mailboxes: a card's short name or id, `human` for yours, and for `TO` also an unambiguous
prefix, `@label:x` and `@all`.
Verbs that need the hub start it, except `hub status` and `hub stop`. Errors go to standard error.
Colours are used only on terminals, and not if `NO_COLOR` is set.

Verbs, options and names of cards complete with `eval "$(orch completion bash)"`; see [scripts](scripts.md)
for other shells, status lines, and waiting for cards. `FILTER` is described in [filters](filters.md).

## Exit codes

{codes}
## Verbs

{verbs}
## JSON

* `orch ls --json` prints a list of *CardView*, `orch show --json` a *CardDetail*.
* Verbs that change cards print a *CardView* per line.
* `orch queue --json` prints a list of objects with the keys of *Need* and *NeedDetail*.
* `orch watch --json` prints a *Change* per line.
* `orch run list --json` prints a list of *RunView*, `orch gate list --json` a list of *GateView*, whose
  `evidence` is a *GateEvidence*. Verbs that show or change one run or gate print it on one line.
* `orch run FILE --json` prints a *RunView*; with `--follow` or `--headless`, a *RunLine* per line.
* `orch workflow list --json` prints a list of *WorkflowFile*, `orch workflow check --json` a list of
  *Problem* with the `file`.
* `orch mail read MESSAGE --json` prints a *MessageView*; without `MESSAGE`, or with `--thread`, a list.
  So does `orch mail search --json`. `orch mail export` prints one per line.
* `orch mail send --json` prints a *SentView*. `orch mail threads --json` prints a list of *ThreadView*,
  `orch mail peers --json` of *BoxView*, `orch mail dead --json` of *DeadView*, `orch mail gather --json` of
  *GatherView*; with `GATHER` it prints that one on one line. `orch mail redrive --json` prints a list of ids.
* `orch team FILE --json` prints a *CardView* per line, the coordinator's first.
* `orch stats --json` prints a list of *Waited*, `orch rules test --json` a list of *Trial*,
  `orch grants --json` a list of *GrantView*, `orch windows --json` a list of *WindowView*.
* `orch rules list --json` prints the rules, with the keys of the [configuration](configuration.md#rules).
* `orch status --json` prints a *Counts*, `orch wait --json` a *CardView* per line when it is there.
* `orch hub status --json` prints a *HubView* with `uptime_s`, its uptime in seconds.
* `orch phone --json` prints a *PhoneView* with a *Pairing* as `pairing`, `orch phone on --json` and
  `orch phone off --json` a *PhoneView*, `orch phone pair --json` a *Pairing*, `orch phone devices --json` a
  list of *DeviceView*, `orch phone revoke --json` one.
* `orch doctor --json` prints a list of *Finding*.

New keys may be added; keys are renamed or removed only in a new major version. Times are Unix timestamps.

{shapes}"""


def _commands() -> Iterator[tuple[str, click.Command]]:
    context = click.Context(root)
    for name in VERBS:
        command = root.get_command(context, name)
        assert command is not None
        if isinstance(command, LazyGroup):
            if isinstance(command, VerbGroup):
                yield name, command.itself
            for below in command.list_commands(context):
                found = command.get_command(context, below)
                assert found is not None
                yield f"{name}.{below}", found
        else:
            yield name, command


def _verb(path: str, command: click.Command) -> str:
    words = [f"orch {path.replace('.', ' ')}"]
    rows = []
    for parameter in command.params:
        if isinstance(parameter, click.Argument):
            words.append(_argument(parameter))
        elif isinstance(parameter, click.Option):
            name = ", ".join(parameter.opts)
            value = "" if parameter.is_flag else f" {_value(parameter)}"
            rows.append((f"`{name}{value}`", parameter.help or ""))
    if rows:
        words.insert(1, "[OPTIONS]")
    options = f"\n{table(('option', ''), rows)}" if rows else ""
    return f"""### <a id="{path}"></a>`{" ".join(words)}`

{command.help}
{options}"""


def _argument(parameter: click.Argument) -> str:
    if isinstance(parameter.type, click.Choice) and not parameter.metavar:
        return "|".join(parameter.type.choices)
    name = parameter.metavar or (parameter.name or "").upper()
    return name if parameter.required or name.startswith("[") else f"[{name}]"


def _value(parameter: click.Option) -> str:
    if isinstance(parameter.type, click.Choice):
        return "|".join(parameter.type.choices)
    if parameter.metavar:
        return parameter.metavar
    return {"directory": "DIR", "file": "FILE", "integer range": "N"}.get(parameter.type.name, "TEXT")


def _shape(kind: type) -> str:
    """A dataclass as a table: its fields with their types and the docstrings below them."""
    tree = ast.parse(inspect.getsource(kind)).body[0]
    assert isinstance(tree, ast.ClassDef)
    rows: list[tuple[str, str, str]] = []
    for node in tree.body:
        if isinstance(node, ast.AnnAssign):
            form = _LITERALS.sub("str", ast.unparse(node.annotation))
            rows.append((f"`{ast.unparse(node.target)}`", f"`{form}`", ""))
        elif isinstance(node, ast.Expr) and isinstance(node.value, ast.Constant) and rows:
            rows[-1] = (*rows[-1][:2], str(node.value.value))
    said = " ".join((ast.get_docstring(tree) or "").split())
    return f"### {_NAMES.get(kind, kind.__name__)}\n\n{said}\n\n{table(('key', 'type', ''), rows)}"
