"""All actions, under the one name that keys, palette, help, docs and CLI share."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Action:
    """One action. `id` is the key binding's id, the palette entry, the docs' anchor and, with spaces for
    dots, the verb of the command line if `cli` is set."""

    id: str
    title: str
    help: str
    key: str = ""
    """Textual's names of the keys, separated by commas; empty for none."""
    cli: bool = False
    footer: bool = False
    """Shown in the board's footer."""
    on_card: bool = False
    """Applies to the card under the cursor."""
    plain: bool = False
    """Only submits the card's request of that verb: its key, palette entry and verb need no code."""
    palette: bool = False
    """In the palette, though it has no key and is a verb too."""

    @property
    def on_screen(self) -> bool:
        """Can be done in the TUI, with a key or from the palette; the rest are verbs of the command line alone."""
        return bool(self.key or self.footer or self.on_card or self.palette or not self.cli)


ACTIONS: tuple[Action, ...] = (
    Action("new", "New card", "Create a card and start its session, or add it to the backlog.", "n", cli=True, footer=True),
    Action("attach", "Attach", "Open the session's terminal; the back key returns.", "enter", cli=True, footer=True, on_card=True),
    Action("send", "Send prompt", "Send a prompt now, or as soon as the session is idle.", "s", cli=True, footer=True, on_card=True),
    Action("next", "Next waiting", "Jump to the next card that needs you.", "w,tab", footer=True),
    Action("preview", "Preview", "Show the session's pane live.", "space", footer=True),
    Action("move.left", "Move left", "Move the card one column left.", "H,shift+left", on_card=True),
    Action("move.right", "Move right", "Move the card one column right.", "L,shift+right", footer=True, on_card=True),
    Action("start", "Start", "Start the session in its own worktree and window.", "", cli=True, on_card=True),
    Action("stop", "Stop", "End the session; keep card, worktree and conversation.", "x", cli=True, footer=True, on_card=True),
    Action("resume", "Resume", "Resume the conversation of an ended session.", "R", cli=True, on_card=True),
    Action("resume.all", "Resume all", "Resume every session that ended unexpectedly; optionally continue cut-off turns."),
    Action("restart", "Restart", "End the session and resume its conversation.", "", cli=True, on_card=True),
    Action("hold", "Hold", "Put the card on hold, in Blocked, with a note.", "", cli=True, on_card=True),
    Action("release", "Release", "Release the card from hold.", "", cli=True, on_card=True, plain=True),
    Action("shelve", "Shelve", "Stop the session and move the card to the backlog; keep its worktree.", "", cli=True, on_card=True),
    Action("finish", "Finish", "Land the work by merge, squash or rebase; open a pull request; or keep or discard it.", "", cli=True, on_card=True),
    Action("label", "Label", "Add labels to the card, or remove them.", "number_sign", cli=True, on_card=True),
    Action("mark", "Mark", "Mark the card; the next act is on all marked cards. Repeat to unmark.", "v", on_card=True),
    Action("mark.range", "Mark range", "Mark the cards of the column from the last mark to this one.", "V", on_card=True),
    Action("mark.column", "Mark column", "Mark all cards of the column that are shown.", "asterisk"),
    Action("mark.shown", "Mark all shown", "Mark all cards that fit the filter, in every column.", "plus"),
    Action("mark.clear", "Clear marks", "Unmark all cards.", "minus"),
    Action("reopen", "Reopen", "Move the card out of Done.", "", cli=True, on_card=True, plain=True),
    Action("pin", "Pin", "Keep the card first in its column.", "p", cli=True, on_card=True, plain=True),
    Action("unpin", "Unpin", "No longer keep the card first in its column.", "p", cli=True, on_card=True, plain=True),
    Action("acknowledge", "Acknowledge", "Remove the session's result from the queue.", "u", cli=True, on_card=True, plain=True),
    Action("rm", "Remove", "Remove card, session and worktree; asks before losing work.", "", cli=True, on_card=True),
    Action("undo", "Undo", "Undo your last act: finish, remove, hold, release, shelve, label, pin, acknowledge.", "U", cli=True),
    Action("undo.card", "Undo on this card", "Undo your last act on the card under the cursor.", on_card=True),
    Action("rescues", "Rescues", "Show work saved before its worktree was removed; restore, export or drop it."),
    Action("rescue.list", "List rescues", "List work saved before its worktree was removed.", cli=True),
    Action("rescue.show", "Show rescue", "List the files of a rescue, or show their changes with --patch.", cli=True),
    Action("rescue.restore", "Restore rescue", "Restore a rescue in a new worktree on a new branch, or as a patch.", cli=True),
    Action("rescue.drop", "Drop rescue", "Delete a rescue permanently; requires its full name.", cli=True),
    Action("issues", "Issues", "Show the repository's open issues; import them as cards.", "I"),
    Action("issues.mark", "Mark", "Mark the issue, to import several; repeat to unmark.", "v,space"),
    Action("issues.start", "Import and start", "Import the marked issues, or the one under the cursor, and start the cards.", "s"),
    Action("issues.comments", "With comments", "Add the comments to the prompts of imported issues, or leave them out.", "c"),
    Action("issues.read", "Read", "Show the issue alone, or beside the list.", "enter"),
    Action("issues.search", "Search", "Show only issues with these words in number, title, labels or names.", "slash"),
    Action("issues.label", "Label", "Show only issues with a label.", "l"),
    Action("issues.milestone", "Milestone", "Show only issues of a milestone.", "m"),
    Action("issues.assignee", "Assignee", "Show only issues that are assigned to somebody, or to nobody.", "a"),
    Action("issues.mine", "Mine", "Show only issues that are assigned to you, or all.", "u"),
    Action("issues.hide", "Hide imported", "Hide issues that have a card on this board, or show them.", "o"),
    Action("issues.card", "Go to card", "Go to the issue's card on the board.", "w"),
    Action("issues.repository", "Repository", "Show the issues of another repository of the board.", "R"),
    Action("issues.reload", "Reload", "Ask GitHub for the list again.", "r"),
    Action("issues.copy", "Copy address", "Copy the issue's address to the terminal's clipboard.", "y"),
    Action("issues.list", "List issues", "List the issues of the repository, and the card of each.", cli=True),
    Action("issues.show", "Show issue", "Show an issue with its text and comments.", cli=True),
    Action("issues.import", "Import issues", "Create cards from issues, in the backlog; claim them on GitHub.", "i", cli=True),
    Action("issues.sync", "Sync", "Ask GitHub now about the issues of cards, and import what rules find.", "S", cli=True),
    Action("issues.create", "Create issue", "Create an issue from the card's title and prompt, and link them.", cli=True, on_card=True),
    Action("issues.link", "Link issue", "Link the card with an issue.", cli=True, on_card=True),
    Action("issues.unlink", "Unlink issue", "Unlink the card from its issue, and release the claim.", cli=True, on_card=True),
    Action("issues.open", "Open issue", "Open the card's issue in the browser.", "B", cli=True, on_card=True),
    Action("pr.show", "Show pull request", "Show a card's pull request: checks, review, what stands against merging it.", cli=True),
    Action("pr.merge", "Merge pull request", "Merge the card's pull request, or add it to the merge queue.", "M", cli=True, on_card=True),
    Action("pr.link", "Link pull request", "Link a card with a pull request.", cli=True),
    Action("pr.unlink", "Unlink pull request", "Unlink a card from its pull request; nothing changes there.", cli=True, on_card=True),
    Action("pr.open", "Open pull request", "Open the card's pull request in the browser.", "", cli=True, on_card=True),
    Action("forge.list", "Unsent changes", "Show what of the card waits to be sent to GitHub; decide what was refused.", cli=True, on_card=True),
    Action("forge.retry", "Retry change", "Send a refused or unclear change again; try now what waits.", cli=True),
    Action("forge.drop", "Drop change", "Give up a refused or unclear change, or everything that waits.", cli=True),
    Action("forge.settle", "Settle conflict", "Choose whose change holds: orch's, or the one on GitHub.", cli=True),
    Action("pr.problems", "List problems", "List what the card's pull request lacks: failing checks, review comments, conflicts.", cli=True),
    Action("pr.fix", "Fix pull request", "Send the session what its pull request lacks, all that is new by default.", "f", cli=True, on_card=True),
    Action("pr.autofix", "Autofix", "Send the session automatically what its pull request lacks, at most three times.", cli=True, on_card=True),
    Action("show", "Details", "Show everything about the card, with the evidence for its state.", "i", cli=True, on_card=True),
    Action("queue", "Queue", "List everything that needs you, most urgent first, and answer it.", "a", cli=True, footer=True),
    Action("answer.allow", "Allow once", "Allow the request, approve the plan, or send the chosen answer.", "a"),
    Action("answer.always", "Allow always", "Allow it from now on, using one of the agent's suggestions.", "A"),
    Action("answer.deny", "Deny", "Deny the request or send the plan back, with a reason for the agent.", "d"),
    Action("answer.option", "Choose", "Choose an option by number; press again to deselect where several may be chosen.", "1,2,3,4,5,6,7,8,9"),
    Action("answer.other", "Own answer", "Answer the question in your own words.", "o"),
    Action("answer.continue", "Continue", 'Send a stuck session the word "continue".', "c"),
    Action("answer.interrupt", "Interrupt", "Interrupt the session's turn, like Escape in its terminal.", "i"),
    Action("answer.restart", "Restart", "End the stuck session and resume its conversation.", "r"),
    Action("answer.again", "Resend", "Resend the prompt that is not in the conversation.", "y"),
    Action("answer.drop", "Drop", "Discard the prompt that is not in the conversation or cannot be typed.", "delete"),
    Action("pane.next", "Next", "Go to the next entry; wraps around.", "n,tab,w"),
    Action("pane.up", "Scroll up", "Scroll the request up.", "pageup,ctrl+u"),
    Action("pane.down", "Scroll down", "Scroll the request down.", "pagedown,ctrl+d"),
    Action("pane.close", "Close", "Return to the board.", "escape,q"),
    Action("answer", "Answer request", "Allow, always allow or deny a request, or answer a question.", cli=True),
    Action("grants", "Grants", "List what answers have always allowed, where it is stored, and revoke it.", "P", cli=True),
    Action("grants.revoke", "Revoke grant", "Revoke a grant; the session restarts.", cli=True),
    Action("windows", "Windows", "List windows of another journal's sessions; adopt or end them.", "O", cli=True),
    Action("windows.adopt", "Adopt window", "Create a card that takes over worktree, branch and conversation.", cli=True),
    Action("windows.end", "End window", "End another journal's session and close its window; keep the worktree.", cli=True),
    Action("runs", "Runs", "Show workflow runs, their stages, and what each is waiting for.", "r", footer=True),
    Action("run", "Run workflow", "Start a workflow from a file, or by name from .orch/workflows.", "W", cli=True),
    Action("run.list", "List runs", "List runs with their states.", cli=True),
    Action("run.show", "Show run", "Show a run's stages, and what each is waiting for.", cli=True),
    Action("run.pause", "Pause run", "Start no further stages; running ones continue.", "p", cli=True),
    Action("run.resume", "Resume run", "Resume a paused run.", "p", cli=True),
    Action("run.cancel", "Cancel run", "End the run and its sessions; keep worktrees.", "X", cli=True),
    Action("run.acknowledge", "Acknowledge run", "Remove an ended run from the queue.", "u", cli=True),
    Action("run.retry", "Retry stage", "Run the stage again, then the stages that need it.", "t", cli=True),
    Action("run.skip", "Skip stage", "Continue as if the stage were done; gates cannot be skipped.", "K", cli=True),
    Action("run.done", "Mark stage done", "Mark the stage as done when its session has not.", "D", cli=True),
    Action("run.fail", "Mark stage failed", "Mark the stage as failed.", "F", cli=True),
    Action("gate.list", "List gates", "List gates: open, approved, denied.", cli=True),
    Action("gate.show", "Show gate", "Show a gate with its evidence: diffs, tests, summaries, cost.", cli=True),
    Action("gate.approve", "Approve gate", "Approve the gate.", "a", cli=True),
    Action("gate.deny", "Deny gate", "Send the work back with a reason, or end the run.", "d", cli=True),
    Action("gate.diff", "Review changes", "Review the changes that the gate is about, or those of the stage's card.", "v"),
    Action("workflow.list", "List workflows", "List the workflows that can be run by name here.", cli=True),
    Action("workflow.check", "Check workflow", "Report all errors in a workflow file, with line and column.", cli=True),
    Action("workflow.schema", "Workflow schema", "Print the JSON Schema of workflow files, for editors.", cli=True),
    Action("workflow.init", "Create workflow file", "Create a commented example in .orch/workflows.", cli=True),
    Action("workflow.graph", "Draw workflow", "Draw a workflow's stages and their dependencies.", cli=True),
    Action("mail", "Mail", "Show mailboxes, threads, gathers and dead letters.", "m", footer=True),
    Action("mail.send", "Send message", "Write to a session, several sessions, a label, or all.", "c", cli=True),
    Action("mail.reply", "Reply", "Reply to the selected message.", "r"),
    Action("mail.read", "Read", "Read messages; yours are marked as read.", "enter", cli=True),
    Action("mail.ref", "Open reference", "Show the file that a message refers to, as text or as a diff.", "o"),
    Action("mail.threads", "Threads", "List the threads of one mailbox, or all.", "t", cli=True),
    Action("mail.gather", "Gathers", "List open gathers and who is missing.", "g", cli=True),
    Action("mail.peers", "List mailboxes", "List mailboxes with session, labels, state, branch and unread count.", cli=True),
    Action("mail.search", "Search mail", "Find messages by words in subject or body.", "slash", cli=True),
    Action("mail.dead", "Dead letters", "List messages that expired, or were delivered five times and never settled.", "d", cli=True),
    Action("mail.redrive", "Redrive", "Return a dead letter to its mailbox.", "R", cli=True),
    Action("mail.unpause", "Resume mail", "Resume mail between two sessions that was paused because of a loop.", "U", cli=True),
    Action("mail.flow", "Flow", "Show who writes to whom, minute by minute.", "f"),
    Action("mail.key", "Mail key", "Print or set the key that hubs of a shared mail store sign with.", cli=True),
    Action("mail.export", "Export mail", "Print all messages, one JSON object per line.", cli=True),
    Action("team", "Start team", "Start a coordinator and workers from a short file.", "T", cli=True),
    Action("watch", "Watch", "Print changes on the board, one per line.", cli=True),
    Action("nudge", "Nudge", "Help a stuck session: continue, interrupt, restart, or resend or drop a prompt.", cli=True, on_card=True),
    Action("wait", "Wait", "Wait until cards are in Review, Blocked, idle, done, or need you.", cli=True),
    Action("status", "Status line", "Print counts of the board in one line, for prompts and status lines.", cli=True),
    Action("completion", "Shell completion", "Print the script that completes verbs and cards in a shell.", cli=True),
    Action("stats", "Waiting times", "Show how long sessions waited for you, by day and card.", cli=True),
    Action("diff", "Review changes", "Show what the card changed, uncommitted and untracked files included; comment on it.", "d", cli=True, footer=True, on_card=True),
    Action("overlaps", "Overlaps", "Show which cards change the same files, conflicts, and in what order to land them.", "o", cli=True, on_card=True),
    Action("review.files", "Files", "Move between the files and the diff.", "tab"),
    Action("review.fold", "Fold", "Fold or unfold the file, hunk or folder; on a comment, edit it.", "enter"),
    Action("review.file.next", "Next file", "Go to the next file.", "right_square_bracket"),
    Action("review.file.previous", "Previous file", "Go to the previous file.", "left_square_bracket"),
    Action("review.hunk.next", "Next hunk", "Go to the next hunk; during a search, to the next match.", "n"),
    Action("review.hunk.previous", "Previous hunk", "Go to the previous hunk; during a search, to the previous match.", "p"),
    Action("review.remark.next", "Next comment", "Go to the next comment or note.", "N"),
    Action("review.remark.previous", "Previous comment", "Go to the previous comment or note.", "P"),
    Action("review.search", "Search", "Search in the diff; in the list of files, show only paths with these words.", "slash"),
    Action("review.select", "Select lines", "Start or end a selection of lines to comment on.", "v"),
    Action("review.add", "Comment", "Comment on a line or several; a draft until it is sent.", "c", cli=True),
    Action("review.update", "Change comment", "Change the text of a draft.", cli=True),
    Action("review.list", "List comments", "List comments on the card's diff, and the session's notes.", cli=True),
    Action("review.delete", "Delete comment", "Delete a comment.", "x,delete", cli=True),
    Action("review.send", "Send comments", "Send drafts to the session as one prompt; all by default.", "S", cli=True),
    Action("review.mark", "Mark reviewed", "Mark a file as reviewed, until its content changes.", "m", cli=True),
    Action("review.edit", "Edit file", "Open the line in $VISUAL or $EDITOR, in the worktree.", "e"),
    Action("review.copy", "Copy path:line", "Copy the line's place to the terminal's clipboard.", "y"),
    Action("review.scope", "Choose changes", "Show all changes, uncommitted ones, those since your last look, or one commit.", "s"),
    Action("review.base", "Change base", "Compare with another branch or commit.", "b"),
    Action("review.columns", "Columns", "Switch between one column and side by side.", "t"),
    Action("review.wrap", "Wrap lines", "Wrap long lines, or scroll them sideways.", "z"),
    Action("review.space", "Ignore whitespace", "Hide or show whitespace changes.", "W"),
    Action("review.left", "Scroll left", "Scroll long lines to the left.", "less_than_sign,shift+left"),
    Action("review.right", "Scroll right", "Scroll long lines to the right.", "greater_than_sign,shift+right"),
    Action("review.reload", "Reload", "Read the changes again; this also happens automatically.", "r"),
    Action("trust", "Trust repository", "Review what a repository would run here, and allow it.", cli=True, on_card=True),
    Action("notifications.test", "Test notifications", "Send a test notification by every channel that is on."),
    Action("notify.list", "List notifications", "List what you were notified of, when, by which channel, and what failed.", cli=True),
    Action("notify.test", "Test notifications", "Send a test notification by every channel that is on, or by one.", cli=True),
    Action("rules.list", "List rules", "List the rules that answer requests automatically.", cli=True),
    Action("rules.test", "Test rules", "Show which rule answers a command, and why; or past requests.", cli=True),
    Action("filter", "Filter", "Show only cards that fit a filter: words, or column=review label=auth age>2h.", "slash", footer=True),
    Action("filter.saved", "Saved filter", "Show only cards that fit a saved filter of your config.", "1,2,3,4,5,6,7,8,9"),
    Action("filter.clear", "Clear filter", "Show all cards again.", "0"),
    Action("cursor.left", "Left", "Move the cursor to the column on the left.", "left,h"),
    Action("cursor.right", "Right", "Move the cursor to the column on the right.", "right,l"),
    Action("cursor.up", "Up", "Move the cursor to the card above.", "up,k"),
    Action("cursor.down", "Down", "Move the cursor to the card below.", "down,j"),
    Action("cursor.first", "First", "Move the cursor to the first card of the column.", "g,home"),
    Action("cursor.last", "Last", "Move the cursor to the last card of the column.", "G,end"),
    Action("help", "Help", "Show all keys and what they do.", "question_mark", footer=True),
    Action("palette", "Palette", "Find an action by name.", "ctrl+p", footer=True),
    Action("quit", "Quit", "Quit the board; sessions keep running.", "q", footer=True),
    Action("ls", "List cards", "List cards with their states.", cli=True),
    Action("tui", "Board", "Open the board.", cli=True),
    Action("demo", "Demo", "Try orch with scripted agents in a temporary repository.", cli=True),
    Action("doctor", "Doctor", "Check this machine, and say how to fix problems.", cli=True),
    Action("hub.status", "Hub status", "Show whether the hub is running, and since when.", cli=True),
    Action("hub.start", "Start hub", "Start the hub if it is not running.", "ctrl+r", cli=True),
    Action("hub.stop", "Stop hub", "Stop the hub until it is started again; sessions keep running.", cli=True),
    Action("hub.restart", "Restart hub", "Restart the hub; sessions keep running.", cli=True),
    Action("hub.logs", "Hub log", "Print the end of the hub's log.", cli=True),
    Action("phone", "Phone", "Turn the page for phones on, and pair a phone by a QR code.", cli=True, palette=True),
    Action("phone.on", "Turn phone page on", "Turn the page for phones on, with [phone] of the configuration as it is now.", cli=True),
    Action("phone.off", "Turn phone page off", "Turn the page for phones off, and close every open page; phones stay paired.", cli=True),
    Action("phone.pair", "Pair phone", "Print a code that pairs one phone, within three minutes.", cli=True),
    Action("phone.devices", "List phones", "List the paired phones.", cli=True),
    Action("phone.revoke", "Revoke phone", "End a phone's access and its open pages at once.", cli=True),
    Action("config.show", "Show configuration", "Show every setting with its value and source.", cli=True),
    Action("config.path", "Config path", "Print the path of your config file.", cli=True),
    Action("config.schema", "Config schema", "Print the configuration's JSON Schema.", cli=True),
    Action("config.init", "Create config file", "Create your config file from the commented example.", cli=True),
)  # fmt: skip

BY_ID = {action.id: action for action in ACTIONS}
PLAIN = tuple(action.id for action in ACTIONS if action.plain)

RENAMED = {f"answer.{what}": f"pane.{what}" for what in ("next", "up", "down", "close")} | {
    "run.seen": "run.acknowledge"
}
"""Former ids of actions, which a user's file or a script may still contain."""

_PANES = {
    "answer": "queue",
    "pane": "queue",
    "run": "runs",
    "gate": "runs",
    "mail": "mail",
    "review": "review",
    "issues": "issues",
    "issues.open": "board",
    "issues.create": "board",
    "issues.link": "board",
    "issues.unlink": "board",
}


def pane(action: str) -> str:
    """Where the action of that id has its keys: `board`, or the pane (`queue`, `runs`) whose keys take
    precedence over the board's."""
    area, dot, _ = action.partition(".")
    return _PANES.get(action, _PANES.get(area, "board")) if dot else "board"


def may_share(action: str, other: str) -> bool:
    """Whether both may have the same key: they belong to different panes, or are mutually exclusive and share
    their key in the registry (pause and resume, pin and unpin)."""
    if pane(action) != pane(other):
        return True
    return not {*BY_ID[action].key.split(",")}.isdisjoint({*BY_ID[other].key.split(",")} - {""})
