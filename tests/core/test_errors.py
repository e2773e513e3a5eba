"""Each kind of error has its status, from which a client makes the same kind again, and its exit code."""

import pytest

from orchestrator.cli.exit_codes import ExitCode
from orchestrator.cli.failures import exit_code
from orchestrator.core import errors
from orchestrator.core.errors import OrchError, kind_of
from orchestrator.hub.doors.bodies import TooLargeError
from orchestrator.hub.loop.engine import UnsavedError, refusal
from orchestrator.hub.services.lookup import MissingError
from orchestrator.world.tmux import TmuxError
from orchestrator.world.worktrees import GitFailed, GitRefused


@pytest.mark.parametrize(
    ("error", "status", "kind", "code"),
    [
        (refusal("no", "why", "hint"), 409, errors.Refused, ExitCode.REFUSED),
        (GitRefused("no"), 409, errors.Refused, ExitCode.REFUSED),
        (errors.NotUnderstood("what?"), 422, errors.NotUnderstood, ExitCode.USAGE),
        (MissingError("nobody"), 404, errors.Missing, ExitCode.NO_CARD),
        (GitFailed("git"), 502, errors.Failed, ExitCode.FAILED),
        (TmuxError("tmux"), 502, errors.Failed, ExitCode.FAILED),
        (TooLargeError("at most 32 MB"), 413, errors.TooLarge, ExitCode.FAILED),
        (UnsavedError("the disk is full"), 507, errors.Unsaved, ExitCode.FAILED),
        (errors.HubAway("away"), 500, errors.Failed, ExitCode.NO_HUB),
    ],
)
def test_each_kind_has_its_status_and_its_exit_code(
    error: OrchError, status: int, kind: type[OrchError], code: ExitCode
) -> None:
    assert (error.status, kind_of(error.status)) == (status, kind)
    assert exit_code(error) is code
    assert str(error).startswith(error.what)
