"""One hub for a file, with the page on."""

from collections.abc import Iterator

import pytest

from orchestrator.core.phone.devices import PhoneView
from orchestrator.core.requests.phone import ListDevices, RevokeDevice, TurnPhoneOn
from tests.hub.stage import Stage
from tests.phone.page import Phone, code_of
from tests.security.served import serving


@pytest.fixture(scope="module")
def stage() -> Iterator[Stage]:
    with serving({}) as stage:
        yield stage


@pytest.fixture
def view(stage: Stage) -> Iterator[PhoneView]:
    """The page, on; afterwards no phone is paired."""
    yield stage.client.submit(TurnPhoneOn())
    for device in stage.client.submit(ListDevices()):
        stage.client.submit(RevokeDevice(device.name))


@pytest.fixture
def stranger(view: PhoneView) -> Phone:
    """A browser that is not paired."""
    return Phone(view.port)


@pytest.fixture
def phone(stage: Stage, stranger: Phone) -> Phone:
    """A paired one."""
    assert stranger.pair(code_of(stage.client)).status == 200
    return stranger
