"""Where each verb of `orch` lives, in the order of its help.

Only the module of the verb that is called is loaded.
"""

from orchestrator.actions import PLAIN

_HERE = "orchestrator.cli"
VERBS = {
    "tui": f"{_HERE}.tui:tui",
    "new": f"{_HERE}.cards.new:new",
    "ls": f"{_HERE}.cards.views:ls",
    "show": f"{_HERE}.cards.views:show",
    "queue": f"{_HERE}.queue.queue:queue",
    "answer": f"{_HERE}.queue.queue:answer",
    "grants": f"{_HERE}.queue.grants:grants",
    "windows": f"{_HERE}.cards.windows:windows",
    "watch": f"{_HERE}.cards.watch:watch",
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
    "finish": f"{_HERE}.cards.finish:finish",
    "rm": f"{_HERE}.cards.verbs:rm",
    "undo": f"{_HERE}.cards.undo:undo",
    "diff": f"{_HERE}.review.diff:diff",
    "overlaps": f"{_HERE}.review.overlaps:overlaps",
    "review": f"{_HERE}.review.review:review",
    "rescue": f"{_HERE}.cards.rescue:rescue",
    "issues": f"{_HERE}.issues.issues:issues",
    "pr": f"{_HERE}.changes.changes:pr",
    "forge": f"{_HERE}.forge.forge:forge",
    "run": f"{_HERE}.runs.run:run",
    "gate": f"{_HERE}.gates.gate:gate",
    "workflow": f"{_HERE}.runs.workflow:workflow",
    "mail": f"{_HERE}.mail.mail:mail",
    "team": f"{_HERE}.runs.team:team",
    "notify": f"{_HERE}.queue.notify:notify",
    "stats": f"{_HERE}.queue.stats:stats",
    "trust": f"{_HERE}.machine.trust:trust",
    "rules": f"{_HERE}.queue.rules:rules",
    "phone": f"{_HERE}.phone.phone:phone",
    "hub": f"{_HERE}.machine.hub:hub",
    "config": f"{_HERE}.machine.config:config",
    "doctor": f"{_HERE}.machine.doctor:doctor",
    "demo": f"{_HERE}.demo.demo:demo",
}

GROUPS = {
    "review": "Comment on the lines of a card's diff.",
    "rescue": "Manage work saved before its worktree was removed.",
    "issues": "List the issues of the repository on GitHub, and create cards from them.",
    "pr": "Merge, link and show the pull requests of cards. To open one: orch finish CARD --pr.",
    "forge": "List what waits to be sent to GitHub; retry, drop or settle it.",
    "gate": "List and decide gates. No stage behind a gate starts before its approval.",
    "workflow": "Create, check and list workflow files.",
    "mail": "Read and send mail between sessions and you.",
    "notify": "List notifications, and test the channels.",
    "rules": "List and test the rules that answer requests automatically. There are none by default.",
    "hub": "Manage the hub, the process that watches sessions.",
    "config": "Show settings with their sources, and create your config file.",
}
"""The help of the groups of verbs."""
