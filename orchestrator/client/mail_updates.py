"""How the hub's JSON becomes views of mail."""

from typing import Any

from orchestrator.core.mail.message import Delivery, MessageState, Ref
from orchestrator.core.mail.views import (
    BoxView,
    ClaimView,
    DeadView,
    GatherView,
    MailView,
    MemberView,
    MessageView,
    PauseView,
    RefView,
    SentView,
    ThreadView,
)


def mail(said: dict[str, Any]) -> MailView:
    return MailView(
        **{
            **said,
            "boxes": tuple(BoxView(**{**each, "labels": tuple(each["labels"])}) for each in said["boxes"]),
            "gathers": tuple(gather(each) for each in said["gathers"]),
            "paused": tuple(PauseView(**each) for each in said["paused"]),
            "claims": tuple(ClaimView(**each) for each in said["claims"]),
        }
    )


def message(said: dict[str, Any]) -> MessageView:
    return MessageView(
        **{
            **said,
            "to": tuple(said["to"]),
            "refs": tuple(Ref(**each) for each in said["refs"]),
            "deliveries": tuple(map(_delivery, said["deliveries"])),
        }
    )


def _delivery(said: dict[str, Any]) -> Delivery:
    return Delivery(**{**said, "place": MessageState(said["place"])})


def thread(said: dict[str, Any]) -> ThreadView:
    return ThreadView(**{**said, "names": tuple(said["names"])})


def gather(said: dict[str, Any]) -> GatherView:
    members = tuple(MemberView(**{**each, "reports": tuple(each["reports"])}) for each in said["members"])
    return GatherView(**{**said, "members": members})


def dead(said: dict[str, Any]) -> DeadView:
    return DeadView(**{**said, "message": message(said["message"])})


def sent(said: dict[str, Any]) -> SentView:
    fates = tuple((box, fate) for box, fate in said["fates"])
    return SentView(**{**said, "fates": fates, "notes": tuple(said.get("notes", ()))})


def ref(said: dict[str, Any]) -> RefView:
    return RefView(**said)
