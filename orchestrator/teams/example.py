"""The commented team that `orch team --init` prints."""

_TEXT = """\
# A team of orch: a coordinator splits the task, its workers do the parts side by side, each in a git
# worktree of its own, and the coordinator sums up. Start it with `orch team {name}.yml`.

team: {name}
task: "Implement ./docs/auth-spec.md"
workers: 3                        # or a list, see below
# workers:
#   - backend                     # a name alone
#   - name: docs
#     label: writes               # a word or several, for @label:writes and for rules
#     model: haiku
#     prompt: Write for people who have never seen the code.
# coordinator: {{name: coordinator, model: opus}}
# review: human                   # who is told at the end: a mailbox, or you
# base: main                      # what all branches start from
# model: opus                     # of all
# permission_mode: acceptEdits    # of all
"""


def example(name: str = "auth") -> str:
    """The text of a team of that name; it has no problems."""
    return _TEXT.format(name=name)
