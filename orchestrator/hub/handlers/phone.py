"""The page for phones."""

from orchestrator.core.phone.devices import DeviceView, Pairing, PhoneView
from orchestrator.core.requests.phone import (
    ListDevices,
    PairPhone,
    RevokeDevice,
    ShowPhone,
    TurnPhoneOff,
    TurnPhoneOn,
)
from orchestrator.core.trust.caller import Speaker
from orchestrator.hub.handlers.table import Table
from orchestrator.hub.phone.service import PhoneService


def phone(service: PhoneService) -> Table:
    async def show(_: ShowPhone) -> PhoneView:
        return await service.show()

    async def devices(_: ListDevices) -> tuple[DeviceView, ...]:
        return service.list()

    async def on(_: TurnPhoneOn, __: Speaker) -> PhoneView:
        return await service.turn_on()

    async def off(_: TurnPhoneOff, __: Speaker) -> PhoneView:
        return await service.turn_off()

    async def pair(request: PairPhone, _: Speaker) -> Pairing:
        return service.pair(request.scopes)

    async def revoke(request: RevokeDevice, _: Speaker) -> DeviceView:
        return await service.revoke(request.device)

    return (
        {ShowPhone: show, ListDevices: devices},
        {TurnPhoneOn: on, TurnPhoneOff: off, PairPhone: pair, RevokeDevice: revoke},
    )
