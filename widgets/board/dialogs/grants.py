"""The grants: listing and revoking them."""

from orchestrator.core.needs.grants import GrantView
from orchestrator.core.requests.needs import ListGrants, RevokeGrant
from widgets.dialogs.choose import Choose
from widgets.hub_app import HubApp


def show(app: HubApp) -> None:
    """Lists those that may hold; the chosen one is revoked, if orch can do that."""
    app.command(lambda client: client.submit(ListGrants()), lambda found: _choose(app, found))


def _choose(app: HubApp, found: tuple[GrantView, ...]) -> None:
    standing = [each for each in found if each.state != "gone"]
    if not standing:
        app.tell("No grants.")
        return

    def chosen(number: int | None) -> None:
        if number is not None:
            _revoke(app, standing[number])

    options = [(f"{each.slug}: {each.words}", each.revoke) for each in standing]
    app.push_screen(Choose("Grants", "Revoke one:", options), chosen)


def _revoke(app: HubApp, grant: GrantView) -> None:
    app.command(
        lambda client: client.submit(RevokeGrant(grant.id)),
        lambda _: app.tell(f"{grant.id} revoked; {grant.slug} is restarting."),
    )
