"""Whom an address means."""

from hypothesis import given, settings
from hypothesis import strategies as st

from orchestrator.core.commands import Rejected
from orchestrator.core.mail.addressing import Peer, Resolved, resolve, senders

PEERS = (
    Peer("lead", "c1", run="r1"),
    Peer("worker-1", "c2", ("api",), "r1", "lead"),
    Peer("worker-2", "c3", ("api", "db"), "r1", "lead"),
    Peer("review-queue", "c4", ("api",)),
    Peer("old-worker", "c5", ("api",), "r1", "lead", over=True),
)


def boxes(to: str | list[str], sender: str = "worker-1") -> tuple[str, ...]:
    found = resolve(to, PEERS, sender)
    assert isinstance(found, Resolved), found
    return found.boxes


def test_a_name_a_card_and_a_beginning_that_only_one_has_mean_a_mailbox() -> None:
    assert boxes("review-queue") == boxes("c4") == boxes("rev") == boxes("@review-queue") == ("review-queue",)
    assert boxes("old") == ("old-worker",), "who is done can still be written to by name"


def test_several_are_named_in_a_list_or_with_commas_and_each_gets_one() -> None:
    assert boxes(["c3", "lead", "worker-2"]) == boxes("worker-2, lead , ") == ("worker-2", "lead")


def test_groups_hold_whom_they_say_without_the_sender_and_without_who_is_done() -> None:
    assert boxes("@label:api") == ("worker-2", "review-queue")
    assert boxes("@run") == ("lead", "worker-2")
    assert boxes("@lead") == ("lead",)
    assert boxes("@all") == ("lead", "worker-2", "review-queue")
    assert boxes("@all", sender="human") == ("lead", "worker-1", "worker-2", "review-queue")


def test_the_human_is_always_there_and_in_no_group() -> None:
    assert boxes("human") == boxes("@human") == ("human",)
    assert "human" not in boxes("@all")


def test_a_beginning_that_several_have_is_refused_with_the_candidates() -> None:
    refused = resolve(["lead", "worker"], PEERS, "human")
    assert isinstance(refused, Rejected)
    assert "2 mailboxes" in refused.what
    assert refused.why == "worker-1, worker-2"


def test_an_exact_name_is_never_ambiguous() -> None:
    peers = (Peer("api"), Peer("api-tests"), Peer("api-docs"))
    assert resolve("api", peers, "human") == Resolved(("api",))


def test_a_name_that_is_gone_is_never_taken_for_its_numbered_neighbour() -> None:
    for gone, there in (("lead", "lead-2"), ("worker-1", "worker-1-2"), ("worker", "worker-1-2")):
        kept = Resolved((gone,), to_come=(gone,))
        assert resolve(gone, [Peer(there)], "human") == kept
        assert resolve(gone, [Peer(there)], there) == kept
    assert resolve("lead", [Peer("lead-2"), Peer("leader")], "human").__class__ is Rejected
    assert resolve("lead-", [Peer("lead-2")], "human") == Resolved(("lead-2",)), "that is no name"


def test_no_beginning_is_guessed_where_not_everybody_is_known() -> None:
    assert resolve(["rev", "lead", "c2"], PEERS, "human", guess=False) == Resolved(
        ("lead", "worker-1"), ("rev",)
    )


def test_what_means_nobody_is_told_and_the_others_are_found() -> None:
    found = resolve(["c99", "lead", "@label:x", "@run", "orch"], PEERS, "review-queue")
    assert found == Resolved(("lead",), ("c99", "@label:x", "@run", "orch"))
    assert resolve("nobody", PEERS, "human") == Resolved((), ("nobody",)), (
        "the person would write to themselves"
    )
    assert resolve("@lead", PEERS, "lead") == Resolved((), ("@lead",))


def test_nobody_writes_to_themselves_or_to_no_one() -> None:
    assert isinstance(resolve("worker-1", PEERS, "worker-1"), Rejected)
    assert isinstance(resolve("c2", PEERS, "worker-1"), Rejected)
    assert isinstance(resolve([" ", ","], PEERS, "worker-1"), Rejected)


def test_those_whose_mail_is_asked_for_are_named_as_those_that_are_written_to() -> None:
    assert senders(["rev", "c1", "human", "@label:db"], PEERS, "worker-1") == (
        "review-queue", "lead", "human", "worker-2",
    )  # fmt: skip
    for said in ("worker", "nobody", "@label:x"):
        assert isinstance(senders(["lead", said], PEERS, "human"), Rejected)
    assert isinstance(senders(["rev"], PEERS, "lead", guess=False), Rejected)


def test_a_name_is_known_in_whatever_way_it_is_written() -> None:
    for said in (
        "Worker-2", "WORKER_2", "worker 2", "`worker-2`", "@worker-2", "mailbox worker-2",
        "the session worker-2",         "C3", '["worker-2"]', "worker-2.", '"worker-2"', "inbox:worker-2",
    ):  # fmt: skip
        assert boxes(said) == ("worker-2",), said
    both = ("review-queue", "worker-2")
    for several in ('["review-queue", "worker-2"]', "review-queue and worker-2", "review-queue; worker-2"):
        assert boxes(several) == both, several
    assert boxes("worker-*", sender="lead") == ("worker-1", "worker-2")
    assert boxes("label:API") == ("worker-2", "review-queue")


def test_words_for_the_person_and_for_everybody_mean_what_they_mean() -> None:
    for said in ("user", "me", "Human", "the user", "@user", "person"):
        assert boxes(said) == ("human",), said
    for said in ("all", "everyone", "*", "@everyone", "Everybody"):
        assert boxes(said) == ("lead", "worker-2", "review-queue"), said
    peers = (Peer("user"), Peer("all"))
    assert resolve("user", peers, "lead") == Resolved(("user",)), "a card of that name comes first"


def test_a_near_miss_is_refused_with_the_nearest_name() -> None:
    for said, near in (
        ("wroker-1", "worker-1"), ("reviewqueue", "review-queue"), ("leadd", "lead"), ("humna", "human"),
        ("review-queu", "review-queue"), ("revew-queue", "review-queue"),
    ):  # fmt: skip
        found = resolve(said, PEERS, "worker-2")
        if said == "review-queu":
            assert found == Resolved(("review-queue",)), "its beginning"
            continue
        assert isinstance(found, Rejected), said
        assert near in f"{found.why} {found.hint}", said
    found = resolve("workers", PEERS, "lead")
    assert isinstance(found, Rejected)
    assert "worker-1, worker-2" in found.hint


def test_a_name_that_nobody_has_is_kept_and_reaches_the_person_unless_a_session_will_have_it() -> None:
    for said in ("worker-7", "agent3", "coordinator", "planner"):
        assert resolve(said, PEERS, "lead") == Resolved((said,), to_come=(said,)), said
    queue = resolve("triage", PEERS, "lead")
    assert queue == Resolved(("triage", "human"), to_come=("triage",))
    assert resolve("triage", PEERS, "lead", awaited=True) == Resolved(("triage",), to_come=("triage",))
    named = resolve("Triage", PEERS, "lead", receivers={"triage": "worker-1"})
    assert named == Resolved(("worker-1",))
    assert resolve("triage", PEERS, "lead", guess=False) == Resolved((), ("triage",))


names = st.text("ab-1", min_size=1, max_size=4)
peers = st.lists(
    st.builds(Peer, names, st.sampled_from(["c1", "c2", "c3"]), over=st.booleans()),
    unique_by=lambda p: p.name,
)


@settings(deadline=None)
@given(st.lists(st.text("ab-1@:, *", max_size=6), max_size=5), peers, names)
def test_whatever_is_written_only_known_boxes_come_out_each_once(
    to: list[str], everybody: list[Peer], sender: str
) -> None:
    found = resolve(to, everybody, sender)
    if isinstance(found, Rejected):
        assert found.what
        return
    assert set(found.boxes) - set(found.to_come) <= {each.name for each in everybody} | {"human"}
    assert not set(found.to_come) & {each.name for each in everybody}
    assert len(set(found.boxes)) == len(found.boxes)
    assert found.boxes or found.unknown
    for name in {each.name for each in everybody} - {sender}:
        assert resolve(name, everybody, sender) == Resolved((name,))
