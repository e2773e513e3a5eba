"""What is pushed, what is replaced, and git's errors in words."""

import pytest

from orchestrator.core.forge.changes.pushing import Position, position, trouble


@pytest.mark.parametrize(
    ("there", "pushed", "contained", "at"),
    [
        ("", "", False, Position.NEW),
        ("", "a", False, Position.NEW),
        ("c", "", False, Position.SAME),
        ("a", "", True, Position.AHEAD),
        ("b", "a", True, Position.AHEAD),
        ("a", "a", False, Position.REWRITTEN),
        ("b", "a", False, Position.FOREIGN),
        ("b", "", False, Position.FOREIGN),
    ],
)
def test_only_what_orch_pushed_itself_is_ever_replaced(
    there: str, pushed: str, contained: bool, at: Position
) -> None:
    assert position(there, "c", pushed, contained=contained) is at


@pytest.mark.parametrize(
    ("said", "why", "later"),
    [
        (
            "fatal: could not read Username for 'https://github.com': terminal prompts disabled",
            "credentials",
            False,
        ),
        (
            "remote: Invalid username or token.\nfatal: Authentication failed for 'https://…'",
            "credentials",
            False,
        ),
        ("git@github.com: Permission denied (publickey).\nfatal: Could not read from", "no key", False),
        ("Host key verification failed.\nfatal: Could not read from remote repository.", "host key", False),
        ("remote: Permission to a/b.git denied to eve.\nfatal: … returned error: 403", "no right", False),
        ("remote: Repository not found.\nfatal: repository 'https://…/' not found", "not there", False),
        ("fatal: unable to access 'https://…': Could not resolve host: github.com", "reached", True),
        ("fatal: unable to access '…': Failed to connect to github.com port 443", "reached", True),
        ("ssh: connect to host github.com port 22: Connection timed out", "reached", True),
        ("Connection closed by 1.2.3.4 port 22\nfatal: Could not read from remote", "reached", True),
        ("fatal: unable to access '…': The requested URL returned error: 503", "reached", True),
        ("fatal: the remote end hung up unexpectedly", "reached", True),
        ("!\tabc:refs/heads/x\t[remote rejected] (protected branch hook declined)", "protects", False),
        ("remote: error: GH013: Repository rule violations found for refs/heads/x.", "protects", False),
        ("remote: error: GH007: Your push would publish a private email address.", "private e-mail", False),
        ("fatal: unable to access '…': SSL certificate problem: self-signed", "certificate", False),
        ("tests/a.py FAILED\n2 failed\nerror: failed to push some refs to 'x'", "2 failed", False),
        ("connection refused by the test's server\n1 failed", "1 failed", False),
        ("", "does not say why", False),
    ],
)
def test_an_error_of_a_push_says_what_to_do_and_only_an_outage_is_retried(
    said: str, why: str, later: bool
) -> None:
    found = trouble(said)
    assert why in found.why
    assert found.later is later


@pytest.mark.parametrize("said", ["(stale info)", "(fetch first)", "(non-fast-forward)"])
def test_a_rejected_push_is_somebody_elses(said: str) -> None:
    assert trouble(f"!\tabc:refs/heads/x\t[rejected] {said}").foreign
