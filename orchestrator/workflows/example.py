"""The commented workflow that `orch workflow init` writes."""

_TEXT = """\
# A workflow of orch. Start it with `orch run {name} --input feature="…"`, check it with
# `orch workflow check {name}`, draw it with `orch workflow graph {name}`.
#
# Stages run in the order of the list. Neighbours with `parallel: true` run side by side, each agent in the
# git worktree of its own branch. A stage begins when what it needs is done: `needs: [a, b]`, or else what
# stands before it. In prompt, worktree, run and message you can fill in {{{{ inputs.x }}}} and, but for run,
# what an earlier stage has left: {{{{ stages.implement.summary }}}} and {{{{ stages.implement.branch }}}}.

name: "{name}"
description: Implement a feature with its tests, let a human look at both, then merge.
# base: main                      # what new branches start from; without it the repository's default branch

inputs:
  feature:
    type: string                  # or integer, number, boolean, list
    description: What is to be built
  slug: {{type: string, default: feature, description: Goes into the names of the branches}}

defaults:                         # for all stages that don't say otherwise
  timeout: 4h
  # model: opus
  # permission_mode: acceptEdits

workflow:
  - name: implement
    prompt: |
      Implement this: {{{{ inputs.feature }}}}
      Keep to the manner of the code around it, and commit your work.
    worktree: feature/{{{{ inputs.slug }}}}
    parallel: true

  - name: write-tests
    prompt: "Write tests for this, without looking at how it is implemented: {{{{ inputs.feature }}}}"
    worktree: feature/{{{{ inputs.slug }}}}-tests
    parallel: true

  - name: run-tests
    type: script                  # done when it ends with exit code 0; what it prints is kept as evidence
    needs: [implement]
    run: make test
    on_failure: continue          # or stop, or retry with retries: 3 and backoff: 30s
    timeout: 20m

  - name: review
    type: human-gate              # nothing after it begins before somebody approves
    needs: [run-tests, write-tests]
    message: "Merge {{{{ stages.implement.branch }}}} and {{{{ stages.write-tests.branch }}}}?"
    evidence: [diff, tests, summary]
    on_deny: implement            # done again, with the reason; or stop, which ends the run
    remind_after: 8h

  - name: merge
    prompt: |
      Merge {{{{ stages.implement.branch }}}} and {{{{ stages.write-tests.branch }}}} into main.
      Then run all tests.
    worktree: main
"""


def example(name: str = "feature") -> str:
    """The text of a workflow of that name; it has no problems."""
    return _TEXT.format(name=name)
