"""Options of git that only change what it prints."""

from collections.abc import Sequence

from orchestrator.core.rules.known import CommandOptions, known, unknown_option, words

_SHOWN = known(
    "pqgcwbRsizaEFPtm0",
    "nUGSLMCB",
    """
    abbrev abbrev-commit after all ancestry-path author author-date-order before binary boundary
    branches cached cc cherry-mark cherry-pick children color color-moved color-words combined-diff-
    show-notes committer compact-summary date date-order decorate diff-algorithm diff-filter dirstat
    exit-code extended-regexp find-copies find-renames first-parent fixed-strings follow format full-
    history full-index function-context graph grep histogram ignore-all-space ignore-blank-lines ignore-
    space-change ignore-submodules indent-heuristic inter-hunk-context invert-grep left-right max-count
    merge-base merges minimal name-only name-status no-abbrev-commit no-color no-decorate no-ext-diff
    no-merges no-notes no-patch no-prefix no-renames no-textconv not notes numstat oneline parents patch
    patience perl-regexp pickaxe-all pickaxe-regex pretty quiet raw regexp-ignore-case relative remotes
    reverse shortstat show-signature simplify-by-decoration since skip source staged stat submodule
    summary tags text topo-order unified until walk-reflogs word-diff word-diff-regex
    """,
)
_COMMANDS: dict[str, CommandOptions] = {
    **dict.fromkeys(("log", "show", "diff", "whatchanged", "rev-list", "diff-tree"), _SHOWN),
    "status": known(
        "sbvz",
        "u",
        """
        ahead-behind branch column ignored long no-ahead-behind no-renames porcelain renames short show-
        stash untracked-files verbose
        """,
    ),
    "shortlog": known("nsec", "w", "all author email group no-merges numbered since summary until"),
    "blame": known("wcltfnesp", "LMC", "abbrev date ignore-rev line-porcelain porcelain root show-email"),
    "describe": known("", "", "abbrev all always contains dirty exact-match first-parent long match tags"),
    "rev-parse": known(
        "q",
        "",
        """
        abbrev-ref git-common-dir git-dir is-inside-work-tree short show-prefix show-toplevel symbolic-full-
        name verify
        """,
    ),
    "ls-files": known(
        "cdmoistuvz",
        "x",
        """
        abbrev cached deleted error-unmatch exclude-standard full-name ignored modified others stage
        """,
    ),
    "ls-tree": known("drtlz", "", "abbrev full-name full-tree long name-only name-status"),
    "cat-file": known("tspe", "", ""),
    "merge-base": known("a", "", "all fork-point independent is-ancestor octopus"),
    "show-ref": known("dsq", "", "abbrev dereference hash head heads quiet tags verify"),
    "for-each-ref": known("", "", "contains count format merged no-merged points-at sort"),
    "grep": known(
        "aiIvwhHEGPFnlLzcopqW",
        "ABCefm",
        """
        all-match and break cached color column context count extended-regexp files-with-matches fixed-
        strings heading ignore-case invert-match line-number max-depth name-only no-color not only-matching
        or perl-regexp quiet recursive show-function text untracked word-regexp
        """,
    ),
    "commit": known("avqs", "m", "all dry-run message quiet signoff verbose"),
    "add": known("Aunvp", "", "all dry-run update verbose"),
    "merge": known(
        "nqve",
        "m",
        """
        abort commit continue edit ff ff-only message no-commit no-edit no-ff no-progress no-squash no-stat
        progress quiet quit squash stat verbose
        """,
    ),
    "count-objects": known("vH", "", "human-readable verbose"),
}
_RUN_THEIR_ARGUMENTS = words(
    """
    bisect config credential daemon difftool filter-branch for-each-repo help hook instaweb maintenance
    mergetool reflog send-email shell submodule web--browse
    """
)
_BEFORE = words("--no-pager --no-optional-locks --literal-pathspecs --no-replace-objects")
_VALUED = words(
    "-C -c --git-dir --work-tree --namespace --exec-path --config-env --attr-source --super-prefix"
)


def change_what_it_does(said: Sequence[str], named: Sequence[bool]) -> str:
    """Why the words that are not named may do more than print something; empty if they do not."""
    at = command_at(said)
    behind = [word for word, is_named in zip(said[1:at], named[1:at], strict=True) if not is_named]
    if odd := next((word for word in behind if word not in _BEFORE), ""):
        return f"git {odd} may do more than the pattern names"
    if at >= len(said):
        return ""
    command = said[at]
    behind = [word for word, is_named in zip(said[at:], named[at:], strict=True) if not is_named]
    if command not in _COMMANDS and not named[at]:
        return f"the pattern does not name git {command}"
    if command in _RUN_THEIR_ARGUMENTS and behind:
        return f"git {command} may run or change what a * matches"
    odd = unknown_option(said[at:], named[at:], _COMMANDS.get(command, CommandOptions()))
    # remote helpers run programs: ext::sh -c ...
    odd = odd or next((word for word in behind if "::" in word and command not in _COMMANDS), "")
    return f"git {command} {odd} may do more than the pattern names" if odd else ""


def command_at(said: Sequence[str]) -> int:
    """The position of git's own command, after the options for git itself; past the end if there is none."""
    at = 1
    while at < len(said) and said[at].startswith("-"):
        at += 2 if said[at] in _VALUED else 1
    return at
