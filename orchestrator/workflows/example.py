"""The commented workflow that `orch workflow init` writes."""

_TEXT = """\
# An orch workflow.
#   Run it:    orch run {name} --input feature="…"
#   Check it:  orch workflow check {name}
#   Draw it:   orch workflow graph {name}
#
# Stages run in the order of the list. Adjacent stages with `parallel: true` run at the same time, each agent
# in the git worktree of its own branch. A stage starts when its `needs` are done; without `needs`, when the
# previous entry is done. {{{{ inputs.x }}}} works in prompt, worktree, run and message; the results of an
# earlier stage, {{{{ stages.implement.summary }}}} and {{{{ stages.implement.branch }}}}, in all of these
# except run.

name: "{name}"
description: Implement a feature with its tests, review both, then merge.
# base: main                      # base of new branches; default: the repository's default branch

inputs:
  feature:
    type: string                  # or integer, number, boolean, list
    description: What to build
  slug: {{type: string, default: feature, description: Part of the branch names}}

defaults:                         # for all stages that do not set them
  timeout: 4h
  # model: opus
  # permission_mode: acceptEdits

workflow:
  - name: implement
    prompt: |
      Implement this: {{{{ inputs.feature }}}}
      Follow the style of the surrounding code, and commit your work.
    worktree: feature/{{{{ inputs.slug }}}}
    parallel: true

  - name: write-tests
    prompt: "Write tests for this, without reading its implementation: {{{{ inputs.feature }}}}"
    worktree: feature/{{{{ inputs.slug }}}}-tests
    parallel: true

  - name: run-tests
    type: script                  # done with exit code 0; its output is kept as evidence
    needs: [implement]
    run: make test
    on_failure: continue          # or stop, or retry with retries: 3 and backoff: 30s
    timeout: 20m

  - name: review
    type: human-gate              # no later stage starts before approval
    needs: [run-tests, write-tests]
    message: "Merge {{{{ stages.implement.branch }}}} and {{{{ stages.write-tests.branch }}}}?"
    evidence: [diff, tests, summary]
    on_deny: implement            # runs again, with the reason; or stop, which ends the run
    remind_after: 8h

  - name: merge
    prompt: |
      Merge {{{{ stages.implement.branch }}}} and {{{{ stages.write-tests.branch }}}} into main.
      Then run all tests.
    worktree: main
"""


def example(name: str = "feature") -> str:
    """The text of a workflow with that name; it has no problems."""
    return _TEXT.format(name=name)
