"""The bell says that there is mail, not what is in it, and rings four times."""

from orchestrator.core.mail.notification import next_notification, words
from orchestrator.core.mail.order import BoxCount


def test_the_bell_counts_and_says_what_to_call() -> None:
    assert words(BoxCount("bob", waiting=2, tasks=1)) == "2 unread, 1 task: call mail_receive"
    assert (
        words(BoxCount("bob", waiting=3, tasks=2, urgent=1))
        == "3 unread, 2 tasks, 1 urgent: call mail_receive"
    )
    assert words(BoxCount("bob", leased=3)) == ""


def test_it_rings_at_once_and_after_15_60_and_300_seconds_and_then_no_more() -> None:
    assert next_notification(None, 0) == 0.0
    assert [next_notification(1000.0, sent) for sent in (1, 2, 3, 4)] == [1015.0, 1060.0, 1300.0, None]
