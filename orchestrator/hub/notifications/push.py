"""The channel to paired phones: Web Push to each device that has subscribed."""

import asyncio
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from orchestrator.core.notifications.policy import Channel
from orchestrator.core.notifications.views import SENT, Outcome
from orchestrator.core.notifications.words import Content
from orchestrator.core.phone.devices import Device, PushSubscription
from orchestrator.hub.notifications.message import Message
from orchestrator.hub.phone.devices import Devices, with_push
from orchestrator.world.notifications import web_push
from orchestrator.world.notifications.web_push import Sent, VapidKeys


@dataclass(frozen=True, slots=True)
class PushChannel:
    """A subscription that has ended is forgotten. The page of a device renews it whenever it is opened."""

    rule: Channel
    devices: Callable[[], Devices]
    keys: VapidKeys
    content: Content
    contact: str
    timeout: float
    private: Sequence[str] = ()
    """Hosts of push services that may be on a private address."""

    @property
    def on(self) -> bool:
        return bool(with_push(self.devices().every))

    async def tell(self, message: Message) -> Outcome:
        subscribed = with_push(self.devices().every)
        if not subscribed:
            return Outcome("skipped", "no phone receives notifications")
        found = await asyncio.gather(*(self._send(device, push, message) for device, push in subscribed))
        failed = [
            f"{device.name}: {each.outcome.why}"
            for (device, _), each in zip(subscribed, found, strict=True)
            if each.outcome.state != "sent"
        ]
        if len(failed) < len(found):
            return Outcome("sent", "; ".join(failed)) if failed else SENT
        return Outcome("failed", "; ".join(failed), again=all(each.outcome.again for each in found))

    async def _send(self, device: Device, push: PushSubscription, message: Message) -> Sent:
        said = message.words(self.content)
        payload = {"title": said.title, "body": said.body}
        subscription = {"endpoint": push.endpoint, "p256dh": push.p256dh, "auth": push.auth}
        sent = await asyncio.to_thread(
            web_push.send,
            self.keys,
            subscription,
            payload,
            urgent=message.urgent,
            contact=self.contact,
            timeout=self.timeout,
            private=self.private,
        )
        if sent.gone:
            self._forget(device, push)
        return sent

    def _forget(self, device: Device, push: PushSubscription) -> None:
        """Unless the device has subscribed again meanwhile, or was revoked."""
        devices = self.devices()
        now = next((each for each in devices.every if each.id == device.id), None)
        if now is not None and now.push == push:
            devices.set_push(now, None)
