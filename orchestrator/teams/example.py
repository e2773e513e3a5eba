"""The commented team that `orch team --init` prints."""

_TEXT = """\
# A team of orch: a coordinator splits the task, its workers do the parts in parallel, each in its own git
# worktree, and the coordinator sums up. Start it with `orch team {name}.yml`.

team: {name}
task: "Implement ./docs/auth-spec.md"
workers: 3                        # or a list, see below
# workers:
#   - backend                     # just a name
#   - name: docs
#     label: writes               # one or several, for @label:writes and for rules
#     model: haiku
#     prompt: Write for readers who have never seen the code.
# coordinator: {{name: coordinator, model: opus}}
# review: human                   # who is notified at the end: a mailbox, or you
# base: main                      # the base of all branches
# model: opus                     # for all members
# permission_mode: acceptEdits    # for all members
"""


def example(name: str = "auth") -> str:
    """The text of a team with that name; it has no problems."""
    return _TEXT.format(name=name)
