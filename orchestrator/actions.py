"""Everything that a person can do, under the one name that keys, palette, help, docs and CLI share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One thing to do. `id` is the key binding's id, the palette entry, the docs' anchor and, with
    spaces for dots, the verb of the command line where `cli` is set."""

    id: str
    title: str
    help: str
    key: str = ""
    """Textual's names of the keys, separated by commas; empty where there is none."""
    cli: bool = False
    footer: bool = False
    """Shown in the board's bottom line."""
    on_card: bool = False
    """Acts on the card under the cursor."""


ACTIONS: tuple[Action, ...] = (
    Action("new", "New card", "Make a card, and start its session or put it into the backlog.", "n", cli=True, footer=True),
    Action("attach", "Attach", "Go to the session's own terminal; the back key returns.", "enter", cli=True, footer=True, on_card=True),
    Action("send", "Send prompt", "Type a prompt into the session, now or as soon as it is idle.", "s", cli=True, footer=True, on_card=True),
    Action("next", "Next waiting", "Jump to the next card that waits for a human.", "w,tab", footer=True),
    Action("preview", "Preview", "Show the selected session's pane, live.", "space", footer=True),
    Action("move.left", "Move left", "Move the card one column to the left.", "H,shift+left", on_card=True),
    Action("move.right", "Move right", "Move the card one column to the right.", "L,shift+right", footer=True, on_card=True),
    Action("start", "Start", "Start the session in its own worktree and window.", "", cli=True, on_card=True),
    Action("stop", "Stop", "End the session; card, worktree and conversation stay.", "x", cli=True, footer=True, on_card=True),
    Action("resume", "Resume", "Bring an ended session's conversation back.", "R", cli=True, on_card=True),
    Action("resume.all", "Resume all", "Bring back every session that ended though nobody asked for it, and tell what was cut off to continue if you like."),
    Action("restart", "Restart", "End the session and resume its conversation.", "", cli=True, on_card=True),
    Action("hold", "Hold", "Put the card into Blocked with a note.", "", cli=True, on_card=True),
    Action("release", "Release", "Take the hold off the card.", "", cli=True, on_card=True),
    Action("shelve", "Back to the backlog", "Stop the session and keep its worktree for later.", "", cli=True, on_card=True),
    Action("finish", "Finish", "Merge, keep or discard the work, and move the card to Done.", "", cli=True, on_card=True),
    Action("reopen", "Reopen", "Take the card out of Done.", "", cli=True, on_card=True),
    Action("acknowledge", "Mark as seen", "Mark what the session did as seen.", "u", cli=True, on_card=True),
    Action("rm", "Remove", "Remove card, session and worktree; nothing is lost unasked.", "", cli=True, on_card=True),
    Action("rescue.list", "Rescues", "Work that was saved before its worktree was removed.", cli=True),
    Action("rescue.show", "Show a rescue", "The files that a rescue holds, or with --patch their changes.", cli=True),
    Action("rescue.restore", "Restore a rescue", "Bring a rescue back in a new worktree on a new branch.", cli=True),
    Action("rescue.drop", "Drop a rescue", "Remove a rescue for good; its whole name has to be given.", cli=True),
    Action("show", "Details", "Everything known of the card, with the evidence for its state.", "i", cli=True, on_card=True),
    Action("queue", "Needs you", "Everything that waits for a human, the most urgent first; answer it from there.", "a", cli=True, footer=True),
    Action("answer.allow", "Allow once", "Allow the request, approve the plan, or give the chosen answer.", "a"),
    Action("answer.always", "Allow always", "Allow it from now on, in the way that you choose among the agent's own suggestions.", "A"),
    Action("answer.deny", "Deny", "Deny the request, or send the plan back, with a reason that the agent reads.", "d"),
    Action("answer.option", "Choose", "Choose the question's option of that number; where several may be chosen, again takes it back.", "1,2,3,4,5,6,7,8,9"),
    Action("answer.other", "Own words", "Answer the question in your own words.", "o"),
    Action("answer.continue", "Continue", "Help the stuck session on: send it the word continue.", "c"),
    Action("answer.interrupt", "Interrupt", "Interrupt the session's turn, as Escape in its terminal does.", "i"),
    Action("answer.restart", "Restart", "End the stuck session and resume its conversation.", "r"),
    Action("answer.again", "Send again", "Send the prompt again that is not in the conversation.", "y"),
    Action("answer.drop", "Drop", "Give the prompt up that is not in the conversation, or can't be typed.", "delete"),
    Action("answer.next", "Next", "Go on to the next that waits, and round again.", "n,tab,w"),
    Action("answer.up", "Scroll up", "Scroll the request up.", "pageup,ctrl+u"),
    Action("answer.down", "Scroll down", "Scroll the request down.", "pagedown,ctrl+d"),
    Action("answer.close", "Close", "Back to the board.", "escape,q"),
    Action("answer", "Answer a request", "Allow, always allow or deny a request, or answer a question.", cli=True),
    Action("grants", "Standing grants", "What sessions were allowed always by an answer, where it is kept, and taking it back.", "P", cli=True),
    Action("grants.revoke", "Take a grant back", "Take back what a session was allowed always; it restarts.", cli=True),
    Action("windows", "Windows of another journal", "Windows that hold sessions of another journal: what runs in each, adopting it, ending it.", "O", cli=True),
    Action("windows.adopt", "Adopt a window", "Make a card that takes over the worktree, branch and conversation of another journal's session.", cli=True),
    Action("windows.end", "End a window", "End another journal's session and close its window; its worktree stays.", cli=True),
    Action("runs", "Runs", "Every run of a workflow: its stages and what each waits for, in words.", "r", footer=True),
    Action("run", "Run a workflow", "Start a workflow from a file, or from .orch/workflows by its name.", "W", cli=True),
    Action("run.list", "List runs", "Every run with its state.", cli=True),
    Action("run.show", "Show a run", "One run's stages, and what each waits for.", cli=True),
    Action("run.pause", "Pause the run", "Let nothing further begin; what runs goes on.", "p", cli=True),
    Action("run.resume", "Resume the run", "Let a paused run go on.", "p", cli=True),
    Action("run.cancel", "Cancel the run", "End the run and the sessions that work for it; worktrees stay.", "X", cli=True),
    Action("run.seen", "Mark the run as seen", "Take a run that has ended out of the queue.", "u", cli=True),
    Action("run.retry", "Do the stage again", "Have the stage done again, and what needs it after that.", "t", cli=True),
    Action("run.skip", "Skip the stage", "Go on as if the stage were done; a gate can't be skipped.", "K", cli=True),
    Action("run.done", "Mark the stage done", "Say that the stage is done where its session has not.", "D", cli=True),
    Action("run.fail", "Mark the stage failed", "Say that the stage has failed.", "F", cli=True),
    Action("gate.list", "List gates", "Every gate: open, approved, denied.", cli=True),
    Action("gate.show", "Show a gate", "A gate with its evidence: diffs, tests, summaries, cost.", cli=True),
    Action("gate.approve", "Approve the gate", "Let the run pass the gate.", "a", cli=True),
    Action("gate.deny", "Deny the gate", "Send the work back with a reason, or end the run.", "d", cli=True),
    Action("workflow.list", "List workflows", "The workflows that can be run by name here.", cli=True),
    Action("workflow.check", "Check a workflow", "Everything that is wrong with a workflow file, with line and column.", cli=True),
    Action("workflow.schema", "Workflow schema", "The JSON Schema of workflow files, for editors.", cli=True),
    Action("workflow.init", "Write a workflow file", "Write a commented example into .orch/workflows.", cli=True),
    Action("workflow.graph", "Draw a workflow", "Draw a workflow's stages and what each needs.", cli=True),
    Action("mail", "Mailboxes", "Boxes, threads, gathers and dead letters: what sessions send each other, and you.", "m", footer=True),
    Action("mail.send", "Send a message", "Write to one session, to several, to a label, or to all.", "c", cli=True),
    Action("mail.reply", "Reply", "Answer the message that is selected.", "r"),
    Action("mail.read", "Read", "Read messages; one of yours is not waiting any more after that.", "enter", cli=True),
    Action("mail.ref", "Open a reference", "Show the file that a message points at, as text or as a diff.", "o"),
    Action("mail.threads", "Threads", "The threads of a box, or of all.", "t", cli=True),
    Action("mail.gather", "Gathers", "Who waits for whose reports, and who is missing.", "g", cli=True),
    Action("mail.peers", "Mailboxes and their sessions", "Every mailbox: its session, labels, state, branch, unread.", cli=True),
    Action("mail.search", "Search the mail", "Find messages by words of their subject and body.", "slash", cli=True),
    Action("mail.dead", "Dead letters", "Messages that expired, or were delivered five times and never settled.", "d", cli=True),
    Action("mail.redrive", "Redrive", "Put a dead letter back into its box.", "R", cli=True),
    Action("mail.unpause", "Let them go on", "Let two sessions write to each other again that were stopped for going round in circles.", "U", cli=True),
    Action("mail.flow", "Flow", "Who writes to whom, minute by minute.", "f"),
    Action("mail.key", "The shared mail's key", "Print the key with which the hubs of one shared mail prove what they send, or set another hub's.", cli=True),
    Action("mail.export", "Export the mail", "Print every message there is, a line of JSON each.", cli=True),
    Action("team", "Start a team", "Start a coordinator and its workers from a short description.", "T", cli=True),
    Action("watch", "Watch", "Print what happens on the board, a line for each change.", cli=True),
    Action("nudge", "Nudge", "Help a session on: continue, interrupt, restart with resume, or send again or drop a prompt that was not taken.", cli=True, on_card=True),
    Action("stats", "Waiting times", "How long sessions waited for a human, by day and card.", cli=True),
    Action("trust", "Trust a repository", "See what a repository brings along that would run here, and allow it.", cli=True, on_card=True),
    Action("rules.list", "Rules", "The rules that answer requests by themselves.", cli=True),
    Action("rules.test", "Try the rules", "What the rules answer to a command, and why; or would have answered to past requests.", cli=True),
    Action("filter", "Filter", "Show only cards whose text holds these words.", "slash", footer=True),
    Action("cursor.left", "Left", "Move the cursor to the column on the left.", "left,h"),
    Action("cursor.right", "Right", "Move the cursor to the column on the right.", "right,l"),
    Action("cursor.up", "Up", "Move the cursor to the card above.", "up,k"),
    Action("cursor.down", "Down", "Move the cursor to the card below.", "down,j"),
    Action("cursor.first", "First", "Move the cursor to the column's first card.", "g,home"),
    Action("cursor.last", "Last", "Move the cursor to the column's last card.", "G,end"),
    Action("help", "Help", "Show every key and what it does.", "question_mark", footer=True),
    Action("palette", "Palette", "Find an action by its name.", "ctrl+p", footer=True),
    Action("quit", "Quit", "Leave the board; the sessions stay.", "q", footer=True),
    Action("ls", "List cards", "List every card with its state.", cli=True),
    Action("tui", "Board", "Open the board.", cli=True),
    Action("demo", "Demo", "Show it all with scripted agents in a throw-away repository.", cli=True),
    Action("doctor", "Doctor", "Check this machine, and say how to fix what is wrong.", cli=True),
    Action("hub.status", "Hub status", "Whether the hub runs, and since when.", cli=True),
    Action("hub.start", "Start the hub", "Start the hub if it does not run.", cli=True),
    Action("hub.stop", "Stop the hub", "End the hub; the sessions go on.", cli=True),
    Action("hub.restart", "Restart the hub", "End the hub and start it again; the sessions go on.", cli=True),
    Action("hub.logs", "Hub log", "Print the end of the hub's log.", cli=True),
    Action("config.show", "Show the configuration", "Every setting with its value and where it comes from.", cli=True),
    Action("config.path", "Config path", "Where the user's configuration file is.", cli=True),
    Action("config.schema", "Config schema", "The configuration's JSON Schema.", cli=True),
    Action("config.init", "Write a config file", "Write the commented example where the user's file belongs.", cli=True),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}

_PANES = {"answer": "queue", "run": "runs", "gate": "runs", "mail": "mail"}


def pane(action: str) -> str:
    """Where the action of that id has its keys: `board`, or the pane (`queue`, `runs`) in which its keys go
    before those of the board."""
    area, dot, _ = action.partition(".")
    return _PANES.get(area, "board") if dot else "board"


def may_share(action: str, other: str) -> bool:
    """Whether both may have the same key: they belong to different panes, or are two that never can be done
    at the same time and share their key in the registry (pause and resume)."""
    if pane(action) != pane(other):
        return True
    return not {*BY_ID[action].key.split(",")}.isdisjoint({*BY_ID[other].key.split(",")} - {""})
