"""What happens to a field in conflict, for each side that a person can choose."""

from orchestrator.core.forge.fetched import NOT_FETCHED
from orchestrator.core.forge.links import Link
from orchestrator.core.forge.outbox.compare import Conflict


def sides(link: Link, conflict: Conflict) -> tuple[str, str]:
    """If orch's change holds, and if that of the forge does, each as a sentence without a full stop."""
    name, host = f"#{link.ref.number}", link.ref.repository.host
    seen, wanted = link.synced.seen, link.synced.wanted
    match conflict.field:
        case "title":
            ours = f"Rename {name} to {wanted.title}, as orch wanted"
            return ours, f"Leave the title of {name}: {seen.title.strip()}"
        case "body":
            ours = f"Replace the description of {name} with orch's"
            return ours, f"Leave the description of {name} as it was edited on {host}"
        case "comment":
            if seen.comment in (NOT_FETCHED, ""):
                return f"Write orch's comment on {name} again", f"Leave {name} without orch's comment"
            ours = f"Replace the edited comment on {name} with orch's"
            return ours, f"Leave orch's comment on {name} as it was edited on {host}"
        case "state":
            opens = wanted.switch is not None and wanted.switch.open
            is_now = "open" if seen.standing.open else "closed"
            return (
                f"{'Reopen' if opens else 'Close'} {name}, as orch wanted",
                f"Leave {name} {is_now}, as it is on {host}",
            )
