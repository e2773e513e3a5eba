"""What the members of a team are told."""

import re

from orchestrator.hub.mcp.tools.mail_arguments import GatherAsked, Receive, Send
from orchestrator.teams import load, prompts

TEAM = "team: auth\ntask: Implement the spec {{ as it is }}\nworkers: 2\n"


def test_each_member_is_told_by_the_names_that_the_cards_have_got() -> None:
    lead, first, second = prompts(load(TEAM), ["coordinator-2", "worker-1", "worker-7"])
    assert "You are `coordinator-2`" in lead
    assert "workers are `worker-1` and `worker-7`" in lead
    assert 'mail_send(to=["worker-1", "worker-7"], kind="task"' in lead
    assert "2 parts, one for each worker" in lead
    assert "worker-2" not in lead + first + second
    assert "You are `worker-1`" in first
    assert "which `coordinator-2` coordinates" in first
    assert "under your name, `worker-7`" in second


def test_the_task_is_told_as_it_stands_and_to_the_coordinator_alone() -> None:
    lead, *workers = prompts(load(TEAM), ["c", "a", "b"])
    assert "\n\nImplement the spec {{ as it is }}\n\n" in lead
    assert not any("Implement" in each for each in workers)


def test_review_may_be_another_mailbox_a_member_or_the_human() -> None:
    names = ["c", "a", "b"]
    assert 'mail_send(to="human", kind="result"' in prompts(load(TEAM), names)[0]
    elsewhere = prompts(load(TEAM + "review: review-queue\n"), names)[0]
    assert 'mail_send(to="review-queue", kind="result"' in elsewhere
    assert 'If nobody has that mailbox, tell "human" instead.' in elsewhere
    assert 'mail_send(to="b", kind="result"' in prompts(load(TEAM + "review: worker-2\n"), names)[0]


def test_what_the_file_says_to_one_member_stands_at_the_end_of_its_prompt_alone() -> None:
    text = (
        "team: x\ntask: y\ncoordinator: {prompt: Be brief.}\nworkers: [{label: web, prompt: Use React.}, b]\n"
    )
    lead, first, second = prompts(load(text), ["coordinator", "worker-1", "b"])
    assert lead.endswith("\n\nBe brief.\n")
    assert first.endswith("\n\nUse React.\n")
    assert "React" not in second + lead
    assert "`worker-1` (web) and `b`" in lead


def test_one_worker_gets_all_of_it() -> None:
    lead, _ = prompts(load("team: x\ntask: y\nworkers: 1\n"), ["c", "w"])
    assert "prepare the task for the worker" in lead
    assert "workers are `w`:" in lead


def test_the_prompts_use_the_tools_as_they_are() -> None:
    """Every argument that is named is one that the tool has."""
    said = "\n".join(prompts(load(TEAM), ["c", "a", "b"]))
    for tool, shape in (("mail_send", Send), ("mail_receive", Receive), ("mail_gather", GatherAsked)):
        calls = re.findall(rf"{tool}\(([^)]*)", said)
        assert calls
        for name in re.findall(r"(\w+)=", " ".join(calls)):
            assert name in shape.model_fields, f"{tool} has no {name}"
