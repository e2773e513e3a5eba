"""Team files: what they make, and what is said at which place where they can't."""

import pytest

from orchestrator.teams import Member, TeamError, example, load


def wrong(text: str, file: str = "auth.yml") -> list[str]:
    with pytest.raises(TeamError) as caught:
        load(text, file=file)
    assert str(caught.value).splitlines() == [
        f"{file or 'team'}:{each.line}:{each.column}: error: {each}" for each in caught.value.problems
    ]
    return str(caught.value).splitlines()


def test_a_name_and_a_task_are_enough_for_a_coordinator_and_three_workers() -> None:
    team = load("team: auth\ntask: Implement the spec\n")
    assert (team.name, team.task, team.review, team.base) == ("auth", "Implement the spec", "human", "")
    assert [(each.name, each.lead) for each in team.members] == [
        ("coordinator", True),
        ("worker-1", False),
        ("worker-2", False),
        ("worker-3", False),
    ]
    assert team.members[1] == Member("worker-1", "auth: worker-1", "", ("auth",), "", "", False)


def test_the_example_is_a_team() -> None:
    assert load(example()).task == "Implement ./docs/auth-spec.md"
    uncommented = "".join(
        line.removeprefix("# ") if line.startswith(("# ", "#  ")) and ":" in line else line
        for line in example("docs").splitlines(keepends=True)
        if "workers: 3" not in line and "A team of orch" not in line and "worktree of its own" not in line
    ).replace("#   - backend", "  - backend")
    team = load(uncommented.replace("#     ", "    "))
    assert [each.name for each in team.members] == ["coordinator", "backend", "docs"]
    assert team.members[2].labels == ("docs", "writes")
    assert team.members[2].model == "haiku"
    assert team.base == "main"


def test_workers_are_words_or_say_more_and_what_they_leave_out_is_the_teams() -> None:
    team = load(
        "team: Auth it\n"
        "task: x\n"
        "model: opus\n"
        "permission_mode: acceptEdits\n"
        "review: review-queue\n"
        "base: develop\n"
        "coordinator: {name: lead, prompt: Be brief.}\n"
        "workers:\n"
        "  - backend\n"
        "  - {label: [web, ui], model: haiku}\n"
        "  - {name: docs, label: docs, permission_mode: plan, prompt: Write for beginners.}\n"
    )
    assert team.members == (
        Member("lead", "Auth it: lead", "Be brief.", ("auth-it",), "opus", "acceptEdits", True),
        Member("backend", "Auth it: backend", "", ("auth-it",), "opus", "acceptEdits", False),
        Member("worker-2", "Auth it: worker-2", "", ("auth-it", "web", "ui"), "haiku", "acceptEdits", False),
        Member("docs", "Auth it: docs", "Write for beginners.", ("auth-it", "docs"), "opus", "plan", False),
    )  # fmt: skip
    assert (team.review, team.base) == ("review-queue", "develop")


def test_every_mistake_is_told_at_its_place_with_the_nearest_word() -> None:
    assert wrong(
        "taem: x\n"
        "task: 3\n"
        "workers: 40\n"
        "review: [a]\n"
        "base: a b\n"
        "coordinator:\n"
        "modle: opus\n"
    ) == [
        'auth.yml:1:1: error: unknown key "taem" (did you mean "team"?)',
        'auth.yml:2:7: error: "task" must be a text, not the number 3 (quote it)',
        'auth.yml:3:10: error: "workers" must be at most 20, not the number 40',
        'auth.yml:4:9: error: "review" must be one line of text, not a list',
        "auth.yml:5:7: error: not a valid branch name: spaces are not allowed",
        'auth.yml:6:1: error: "coordinator" has no value (give it one, or omit it)',
        'auth.yml:7:1: error: unknown key "modle" (did you mean "model"?)',
    ]  # fmt: skip


def test_every_worker_is_looked_at_and_has_a_mailbox_of_its_own() -> None:
    assert wrong(
        "team: x\n"
        "task: y\n"
        "workers:\n"
        "  - a\n"
        "  - a\n"
        "  - nme: b\n"
        "  - human\n"
        "  - name: Mr B\n"
        "  - 3\n"
        "  - {name: c, label: [a, 3]}\n"
        "  - coordinator\n"
    ) == [
        'auth.yml:5:5: error: duplicate "a" (the first is in line 4)',
        'auth.yml:6:5: error: unknown key "nme" (did you mean "name"?)',
        'auth.yml:7:5: error: "human" is reserved: it is a mailbox of its own',
        'auth.yml:8:11: error: "name" must be a name of a-z, 0-9 and -, at most 40 long, not the text "Mr B" '
        '(did you mean "mr-b"?)',
        "auth.yml:9:5: error: a worker must be a name or a mapping, not the number 3 (such as: worker-6)",
        'auth.yml:10:26: error: each of "label" must be a word, or a list of words, not the number 3',
        'auth.yml:11:5: error: duplicate "coordinator" (the first is in line 1)',
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "team:1:1: error: the file is empty (a team has a name and a task: team: and task:)"),
        ("- a", "team:1:1: error: a team file must be a mapping, not a list (it begins with team:)"),
        ("team: x", 'team:1:1: error: the team has no "task" (add: task: …)'),
        (
            "team: x\ntask: y\nworkers: []",
            'team:3:10: error: "workers" must be a number, or a non-empty list',
        ),
        ("team: x\ntask: y\nworkers: 0", 'team:3:10: error: "workers" must be at least 1, not the number 0'),
        (
            "team: x\ntask: y\nworkers: three",
            'team:3:10: error: "workers" must be a whole number, not the text "three"',
        ),
        (
            "team: x\ntask: y\ncoordinator: [a]",
            "team:3:14: error: the coordinator must be a name or a mapping, not a list",
        ),
        (
            "team: x\ntask: y\nreview: coordinator",
            'team:3:9: error: "coordinator" coordinates the team itself (for yourself: human)',
        ),
        (
            "team: &x a",
            "team:1:7: error: anchors (&x) are not allowed in a team "
            "(write the value out where it is needed)",
        ),
        ("team: x\n  task: y", 'team:2:7: error: not valid YAML: a ":" is not allowed here'),
    ],
)
def test_a_file_that_is_no_team_says_why(text: str, said: str) -> None:
    first = wrong(text, "")[0]
    assert first.startswith(said)


def test_a_team_has_twenty_workers_at_most() -> None:
    listed = "team: x\ntask: y\nworkers:\n" + "".join(f"  - w{at}\n" for at in range(21))
    assert wrong(listed) == ["auth.yml:24:5: error: a team has at most 20 workers"]
    assert len(load(listed.rpartition("  - ")[0]).members) == 21
