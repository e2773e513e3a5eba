"""Which claims end with a session."""

from collections.abc import Collection

from orchestrator.core.mail.claims import Claim


def dropped(claim: Claim, holder: str, session: str, what: Collection[str]) -> bool:
    """Whether a claim is among those that `MailStore.drop_claims` ends."""
    return (
        claim.holder == holder
        and (not session or claim.session == session)
        and (not what or claim.what in what)
    )
