"""What a session does when it is notified of mail."""

from collections import deque

from orchestrator.demo.steps import Fail, Mcp, Say, Step

_RECEIVE = "mail_receive"
_READS = (Mcp(_RECEIVE), Say("I have read my mail."))


def steps(words: str, left: deque[Step]) -> tuple[Step, ...]:
    """A turn that reads the mail announced by this text; empty if it announces none.

    The script's next turn, taken out of `left`, if that begins with `mail_receive`.
    """
    if f"call {_RECEIVE}" not in words:
        return ()
    if not (left and isinstance(left[0], Mcp) and left[0].tool == _RECEIVE):
        return _READS
    taken = [left.popleft()]
    while left and not isinstance(taken[-1], Say | Fail):
        taken.append(left.popleft())
    return tuple(taken)
