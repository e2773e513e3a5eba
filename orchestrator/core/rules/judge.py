"""Rules that answer requests automatically: which one applies, and why.

They fail safe. An allowing rule matches only what it names in full; one that denies, or asks, matches
wherever it can, and what cannot be analysed is asked.
"""

from collections.abc import Sequence
from fnmatch import fnmatchcase
from pathlib import PurePath

from orchestrator.core.rules import match_allow, match_deny, paths
from orchestrator.core.rules.rule import NO, SHELLS, YES, Fit, RequestFacts, Rule, Ruling
from orchestrator.core.rules.script import Script

_FILE_TOOLS = frozenset({"Edit", "MultiEdit", "NotebookEdit", "Read", "Write"})
_BY_NAME_ALONE = frozenset({"ExitPlanMode"})


def judge(
    rules: Sequence[Rule],
    request: RequestFacts,
    *,
    repo: str,
    labels: Sequence[str],
    script: Script | None = None,
) -> Ruling:
    """The ruling of the first rule that matches; but one that denies beats any that allows, and so does doubt
    about whether it matches. `script` is the command as parsed."""
    fits = [(rule, _fit(rule, request, repo, labels, script)) for rule in rules]
    for rule, fit in fits:
        if rule.answer == "deny" and fit.holds == "yes":
            return Ruling("deny", rule.name, rule.message, "it matches")
    for rule, fit in fits:
        if rule.answer == "deny" and fit.holds == "maybe":
            return Ruling("ask", rule.name, why=f"cannot tell whether it matches: {fit.why}")
    for rule, fit in fits:
        if fit.holds == "yes" or (fit.holds == "maybe" and rule.answer == "ask"):
            return Ruling(rule.answer, rule.name, rule.message, fit.why or "it matches")
    near = [(rule, fit.why) for rule, fit in fits if fit.why]
    return Ruling("ask", why="; ".join(f"{rule.name} does not match: {why}" for rule, why in near))


def _fit(rule: Rule, request: RequestFacts, repo: str, labels: Sequence[str], script: Script | None) -> Fit:
    allows = rule.answer == "allow"
    if not fnmatchcase(request.tool, rule.tool or "*"):
        return NO
    if rule.repo and not (fnmatchcase(repo, rule.repo) or fnmatchcase(PurePath(repo).name, rule.repo)):
        return NO
    if rule.label and rule.label not in labels:
        return NO
    if allows and (why := _not_for_rules(rule, request)):
        return Fit("no", why)
    if rule.command:
        fits = match_allow.fit if allows else match_deny.fit
        fit = fits(rule.command, request.command, script)
        if fit.holds != "yes":
            return fit
    if rule.path:
        return (paths.allowed if allows else paths.touched)(rule.path, request.paths)
    return YES


def _not_for_rules(rule: Rule, request: RequestFacts) -> str:
    """Why no rule of that kind may allow it. A plan is approved only by a rule that names its tool; a path
    describes everything that a tool does only for tools known to touch no other file."""
    if request.tool in _BY_NAME_ALONE and rule.tool != request.tool:
        return f"{request.tool} is allowed only by a rule that names it"
    if request.unsandboxed:
        return "it requests to run outside the sandbox"
    if rule.path and request.tool not in _FILE_TOOLS:
        return f"{request.tool} may touch files other than the one it names"
    if rule.command and request.tool not in SHELLS:
        return f"{request.tool} is not the shell"
    return ""
