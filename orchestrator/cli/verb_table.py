"""Where each verb of `orch` lives, in the order of its help.

Only the module of the verb that is called is loaded.
"""

from orchestrator.actions import PLAIN

_HERE = "orchestrator.cli"
SECTIONS: dict[str, dict[str, str]] = {
    "Board and cards": {
        "tui": f"{_HERE}.tui:tui",
        "new": f"{_HERE}.cards.new:new",
        "ls": f"{_HERE}.cards.views:ls",
        "show": f"{_HERE}.cards.views:show",
        "attach": f"{_HERE}.cards.attach:attach",
        "send": f"{_HERE}.cards.verbs:send",
        "start": f"{_HERE}.cards.verbs:start",
        "stop": f"{_HERE}.cards.verbs:stop",
        "resume": f"{_HERE}.cards.verbs:resume",
        "restart": f"{_HERE}.cards.verbs:restart",
        "nudge": f"{_HERE}.cards.verbs:nudge",
        "hold": f"{_HERE}.cards.verbs:hold",
        **{each: f"{_HERE}.cards.plain:{each}" for each in PLAIN},
        "label": f"{_HERE}.cards.label:label",
        "shelve": f"{_HERE}.cards.verbs:shelve",
        "rm": f"{_HERE}.cards.verbs:rm",
        "undo": f"{_HERE}.cards.undo:undo",
        "windows": f"{_HERE}.cards.windows:windows",
    },
    "What needs you": {
        "queue": f"{_HERE}.queue.queue:queue",
        "answer": f"{_HERE}.queue.queue:answer",
        "grants": f"{_HERE}.queue.grants:grants",
        "rules": f"{_HERE}.queue.rules:rules",
        "stats": f"{_HERE}.queue.stats:stats",
        "notify": f"{_HERE}.queue.notify:notify",
    },
    "Review and landing": {
        "diff": f"{_HERE}.review.diff:diff",
        "review": f"{_HERE}.review.review:review",
        "finish": f"{_HERE}.cards.finish:finish",
        "overlaps": f"{_HERE}.review.overlaps:overlaps",
        "rescue": f"{_HERE}.cards.rescue:rescue",
    },
    "Issues and pull requests": {
        "issues": f"{_HERE}.issues.issues:issues",
        "pr": f"{_HERE}.changes.changes:pr",
        "forge": f"{_HERE}.forge.forge:forge",
    },
    "Runs and teams": {
        "run": f"{_HERE}.runs.run:run",
        "gate": f"{_HERE}.gates.gate:gate",
        "workflow": f"{_HERE}.runs.workflow:workflow",
        "team": f"{_HERE}.runs.team:team",
    },
    "Mail": {
        "mail": f"{_HERE}.mail.mail:mail",
    },
    "Scripts": {
        "wait": f"{_HERE}.scripts.wait:wait",
        "status": f"{_HERE}.scripts.status:status",
        "watch": f"{_HERE}.cards.watch:watch",
        "completion": f"{_HERE}.scripts.completion:completion",
    },
    "Hub and settings": {
        "hub": f"{_HERE}.machine.hub:hub",
        "phone": f"{_HERE}.phone.phone:phone",
        "trust": f"{_HERE}.machine.trust:trust",
        "config": f"{_HERE}.machine.config:config",
        "doctor": f"{_HERE}.machine.doctor:doctor",
        "demo": f"{_HERE}.demo.demo:demo",
    },
}
"""The verbs under the headings of the help."""

VERBS = {verb: place for verbs in SECTIONS.values() for verb, place in verbs.items()}

GROUPS = {
    "review": "Comment on the lines of a card's diff.",
    "rescue": "Manage work saved before its worktree was removed.",
    "issues": "List the issues of the repository on GitHub, and create cards from them.",
    "pr": "Merge, link and show the pull requests of cards. To open one: orch finish CARD --pr.",
    "forge": "The forge, GitHub or another server: list, retry, drop or settle what waits to be sent.",
    "gate": "List and decide gates. No stage behind a gate starts before its approval.",
    "workflow": "Create, check and list workflow files.",
    "mail": "Read and send mail between sessions and you.",
    "notify": "List notifications, and test the channels.",
    "rules": "List and test the rules that answer requests automatically. There are none by default.",
    "hub": "Manage the hub, the process that watches sessions.",
    "config": "Show settings with their sources, and create your config file.",
}
"""The help of the groups of verbs."""
