"""Random signals, and random lives of a board."""

from hypothesis import strategies as st

from orchestrator.core.sessions.model import Ask, Meters, Retry
from orchestrator.core.sessions.signals import (
    AgentExited,
    Asked,
    Compacting,
    MetersSaid,
    PaneDied,
    PaneSaid,
    PaneSeen,
    PromptTaken,
    RegistrySaid,
    ServerGone,
    Signal,
    SignOfLife,
    StopWanted,
    Tick,
    ToolEnded,
    ToolStarted,
    TranscriptSaid,
    TurnEnded,
    TurnFailed,
    Unreachable,
    WindowClosed,
)

times = st.floats(100, 10_000, allow_nan=False)
words = st.text(max_size=20)
tool_ids = st.sampled_from(["t1", "t2", "t3"])
summaries = st.sampled_from(["Bash: ls", "Edit a.py", "Bash: npm test"])
asks = st.builds(Ask, st.sampled_from(["permission", "question", "plan"]), words, summaries, times)
retries = st.builds(Retry, st.integers(1, 10), st.just(10), words)
meters = st.builds(
    Meters, st.floats(0, 100), st.none() | st.floats(0, 100), words, st.none() | st.floats(0, 100)
)

lively: st.SearchStrategy[Signal] = st.one_of(
    st.builds(
        RegistrySaid,
        times,
        st.sampled_from(["busy", "idle", "waiting", "shell", "dreaming"]),
        st.sampled_from(["", "permission prompt", "something new"]),
        st.sampled_from(["", "s1", "s2"]),
        wait=st.sampled_from(["", "permission", "dialog"]),
    ),
    st.builds(PromptTaken, times, words),
    st.builds(ToolStarted, times, tool_ids, summaries),
    st.builds(ToolEnded, times, tool_ids),
    st.builds(Asked, times, asks),
    st.builds(TurnEnded, times, words, st.just(()) | st.just(("npm run dev",))),
    st.builds(TurnFailed, times, st.sampled_from(["", "rate_limit", "server_error"]), words),
    st.builds(Compacting, times, st.booleans()),
    st.builds(AgentExited, times, words, st.booleans()),
    st.builds(SignOfLife, times, words),
    st.builds(MetersSaid, times, meters),
    st.builds(TranscriptSaid, times, words, st.booleans(), st.booleans()),
    st.builds(PaneSaid, times, st.just("") | words, st.none() | retries, words),
    st.builds(PaneSeen, times, st.integers(1, 99)),
    st.builds(Unreachable, times, words),
    st.builds(Tick, times, st.just(300.0), st.just(900.0)),
)
final: st.SearchStrategy[Signal] = st.one_of(
    st.builds(StopWanted, times),
    st.builds(PaneDied, times, st.none() | st.integers(0, 255)),
    st.builds(WindowClosed, times),
    st.builds(ServerGone, times),
)
signals: st.SearchStrategy[Signal] = st.one_of(lively, lively, lively, lively, final)
