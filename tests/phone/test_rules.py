"""What is decided about the page without a hub: addresses, codes, devices, limits, scopes."""

import itertools
from pathlib import Path

import pytest
from pydantic import ValidationError

from orchestrator.config.phone import Phone as PhoneSettings
from orchestrator.core.phone.addresses import Address, Addresses, address_of, is_loopback, listen_address
from orchestrator.core.phone.devices import FORGOTTEN_AFTER, SCOPES, device_name, known_scopes
from orchestrator.core.phone.permitted import SCOPE_OF, refused
from orchestrator.core.phone.reach import reach_lines
from orchestrator.core.phone.wrong_codes import IN_ALL, PER_ADDRESS, WrongCodes
from orchestrator.core.requests import cards, gates, mail, needs
from orchestrator.core.requests.every import EVERY
from orchestrator.core.requests.request import Act
from orchestrator.core.trust.caller import Speaker
from orchestrator.doctor import phone as doctor_phone
from orchestrator.hub.phone.codes import LIVES, Codes
from orchestrator.hub.phone.devices import Devices
from orchestrator.paths import Home

_LOCAL = Addresses(Address("http", "127.0.0.1", "4700"))
_SERVED = Addresses(Address("http", "127.0.0.1", "4700"), Address("https", "box.tail1.ts.net"))


@pytest.mark.parametrize(
    ("addresses", "host", "known"),
    [
        (_LOCAL, "127.0.0.1:4700", True),
        (_LOCAL, "localhost:9000", True),  # a tunnel's own port
        (_LOCAL, "[::1]:4700", True),
        (_LOCAL, "LOCALHOST:4700", True),
        (_LOCAL, "evil.example.org:4700", False),
        (_LOCAL, "127.0.0.1.evil.example.org", False),
        (_LOCAL, "localhost.evil.example.org", False),
        (_LOCAL, "box.tail1.ts.net", False),
        (_LOCAL, "", False),
        (_LOCAL, "127.0.0.1:4700/x", False),
        (_LOCAL, "user@127.0.0.1", False),
        (_LOCAL, "2130706433", False),
        (_LOCAL, "0.0.0.0:4700", False),
        (_SERVED, "box.tail1.ts.net", True),
        (_SERVED, "box.tail1.ts.net:443", True),
        (_SERVED, "Box.Tail1.ts.net", True),
        (_SERVED, "box.tail1.ts.net:8443", False),
        (_SERVED, "other.tail1.ts.net", False),
    ],
)
def test_a_host_name_is_known_only_if_the_configuration_says_it(
    addresses: Addresses, host: str, known: bool
) -> None:
    assert addresses.known_host(host) is known


@pytest.mark.parametrize(
    ("addresses", "origin", "host", "same"),
    [
        (_LOCAL, "http://127.0.0.1:4700", "127.0.0.1:4700", True),
        (_LOCAL, "http://localhost:9000", "localhost:9000", True),
        (_LOCAL, "http://localhost:3000", "localhost:9000", False),  # another program on this machine
        (_LOCAL, "https://127.0.0.1:4700", "127.0.0.1:4700", False),
        (_LOCAL, "null", "127.0.0.1:4700", False),
        (_LOCAL, "", "127.0.0.1:4700", False),
        (_LOCAL, "http://evil.example.org", "127.0.0.1:4700", False),
        (_SERVED, "https://box.tail1.ts.net", "box.tail1.ts.net", True),
        (_SERVED, "https://box.tail1.ts.net", "127.0.0.1:4700", True),  # a proxy that sends its own Host
        (_SERVED, "http://box.tail1.ts.net", "box.tail1.ts.net", False),
        (_SERVED, "https://box.tail1.ts.net.evil.org", "box.tail1.ts.net", False),
    ],
)
def test_only_the_page_s_own_origin_is_the_same(
    addresses: Addresses, origin: str, host: str, same: bool
) -> None:
    assert addresses.same_origin(origin, host) is same


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("127.0.0.1", ("127.0.0.1", 0)),
        ("127.0.0.1:80", ("127.0.0.1", 80)),
        ("[::1]:80", ("::1", 80)),
        ("localhost", ("localhost", 0)),
        ("127.0.0.1:99999", None),
        ("example.org", None),
        ("", None),
        ("127.0.0.1:", None),
    ],
)
def test_an_address_to_listen_on_is_one_of_this_machine(text: str, found: object) -> None:
    assert listen_address(text) == found


@pytest.mark.parametrize(
    ("settings", "wrong"),
    [
        ({}, ""),
        ({"listen": "[::1]:4700"}, ""),
        ({"listen": "192.168.1.2"}, "insecure"),
        ({"listen": "192.168.1.2", "insecure": True}, ""),
        ({"listen": "192.168.1.2", "url": "https://box.example.org"}, ""),
        ({"listen": "192.168.1.2", "tls_cert": "a", "tls_key": "b"}, ""),
        ({"listen": "0.0.0.0", "insecure": True}, "one address"),  # noqa: S104 (refused)
        ({"listen": "example.org"}, "address of this machine"),
        ({"tls_cert": "a"}, "tls_key|https needs both"),
        ({"url": "box.example.org"}, "a URL"),
        ({"url": "https://box.example.org/path"}, "a URL"),
        ({"scopes": ["look", "anything"]}, "a list of look"),
    ],
)
def test_other_machines_reach_the_page_only_if_the_configuration_is_explicit(
    settings: dict[str, object], wrong: str
) -> None:
    if not wrong:
        assert PhoneSettings(**settings)  # type: ignore[arg-type]
        return
    with pytest.raises(ValidationError, match=wrong):
        PhoneSettings(**settings)  # type: ignore[arg-type]


def test_a_url_is_an_address_without_path_or_user() -> None:
    assert address_of("https://Box.example.org/") == Address("https", "box.example.org")
    assert address_of("https://box.example.org:443") == Address("https", "box.example.org")
    for bad in ("box.example.org", "https://a@b", "https://a/b", "ftp://a", "https://", "javascript://a"):
        assert address_of(bad) is None, bad
    assert [is_loopback(each) for each in ("127.8.9.1", "::1", "192.168.1.1")] == [True, True, False]


def test_a_code_has_128_bits_pairs_once_and_ends_after_three_minutes() -> None:
    now = [0.0]
    codes = Codes(lambda: now[0])
    made = [codes.make(SCOPES) for _ in range(3)]
    assert len(set(made)) == 3
    assert all(len(each) == 22 for each in made)  # 16 bytes in base64
    assert LIVES <= 180
    assert codes.take("x" * 22) == "unknown"
    assert codes.take(made[0]) == SCOPES
    assert codes.take(made[0]) == "used"
    now[0] = LIVES + 1
    assert codes.take(made[1]) == "expired"
    codes.clear()
    assert codes.take(made[2]) == "unknown"


def test_many_open_codes_end_the_oldest() -> None:
    codes = Codes(itertools.count().__next__)
    made = [codes.make(("look",)) for _ in range(9)]
    assert codes.take(made[0]) == "unknown"
    assert codes.take(made[-1]) == ("look",)


def test_wrong_codes_are_limited_for_each_address_and_in_all() -> None:
    wrong = WrongCodes()
    assert [wrong.add("a", 1.0) for _ in range(PER_ADDRESS)] == [0.0] * PER_ADDRESS
    assert wrong.add("a", 1.0) > 0
    assert wrong.add("b", 1.0) == 0.0
    for number in range(IN_ALL):
        wrong.add(f"c{number}", 1.0)
    assert wrong.add("d", 2.0) > 0
    assert wrong.add("a", 100.0) == 0.0
    assert wrong.to_tell(100.0) == 1
    assert wrong.to_tell(101.0) == 0
    for _ in range(9):
        wrong.add("e", 102.0)
    assert wrong.to_tell(102.0) == 10
    assert wrong.to_tell(103.0) == 0


def test_secrets_are_stored_as_hashes_in_a_file_of_the_owner_alone(tmp_path: Path) -> None:
    file = tmp_path / "phone.json"
    devices = Devices(file)
    device, cookie, token = devices.add("pixel", SCOPES, 100.0, secure=False)
    text = file.read_text()
    assert cookie not in text
    assert cookie.partition(".")[2] not in text
    assert token not in text
    assert file.stat().st_mode & 0o777 == 0o600
    assert Devices(file).known(cookie, token, 101.0, secure=False) == device


def test_a_device_is_known_only_by_both_secrets_where_it_was_paired(tmp_path: Path) -> None:
    devices = Devices(tmp_path / "phone.json")
    device, cookie, token = devices.add("pixel", SCOPES, 0.0, secure=True)
    _, cookie2, token2 = devices.add("pixel", SCOPES, 0.0, secure=False)
    assert devices.known(cookie, token, 1.0, secure=True) == device
    for wrong in (
        (cookie, "", True),
        (cookie, token2, True),
        (cookie2, token, True),
        (f"{device.id}.", token, True),
        (f"x.{cookie.partition('.')[2]}", token, True),
        ("", "", True),
        (cookie, token, False),
    ):
        assert devices.known(wrong[0], wrong[1], 1.0, secure=wrong[2]) is None, wrong
    assert devices.known(cookie, token, FORGOTTEN_AFTER + 1, secure=True) is None
    devices.remove(device)
    assert devices.known(cookie, token, 1.0, secure=True) is None


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b'{"devices": [{}]}', b"\xff"])
def test_an_unreadable_file_pairs_nobody(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "phone.json"
    file.write_bytes(content)
    devices = Devices(file)
    assert devices.every == ()
    assert not devices.state.on


def test_names_of_devices_are_one_line_and_differ() -> None:
    assert device_name("Pixel 7", []) == "Pixel 7"
    assert device_name("Pixel 7", ["Pixel 7", "Pixel 7 2"]) == "Pixel 7 3"
    assert device_name("\x1b[31mred\n\u202ex", []) == "red x"
    assert device_name("a:b", []) == "a b"
    assert device_name("  ", []) == "phone"
    assert len(device_name("x" * 500, [])) <= 40
    assert known_scopes(["gates"]) == ("look", "gates")


def test_a_device_may_do_what_its_scopes_say_and_nothing_that_is_not_listed() -> None:
    answer = needs.Answer("c1.abc", "allow")
    assert refused(answer, ("look", "answer"), "pixel") is None
    assert refused(answer, ("look", "gates", "prompts"), "pixel") is not None
    assert refused(gates.Approve("g1", "ada"), ("look", "answer"), "pixel") is not None
    assert refused(gates.Approve("g1", "ada", signature="x"), SCOPES, "pixel") is not None
    assert refused(mail.SendMail(("human",), "x", files=("/etc/passwd",)), SCOPES, "pixel") is not None
    for verb in (
        "hub.stop",
        "trust.allow",
        "run",
        "new",
        "rm",
        "finish",
        "team",
        "phone.pair",
        "phone.revoke",
    ):
        assert EVERY[verb] not in SCOPE_OF, verb
    for kind in SCOPE_OF:
        if issubclass(kind, Act):
            assert SCOPE_OF[kind] != "look", kind
    assert isinstance(cards.ShowBoard(), tuple(SCOPE_OF))


def test_doctor_warns_of_a_page_that_other_machines_reach(home: Home) -> None:
    assert list(doctor_phone.phone(PhoneSettings(), home)) == []
    (found,) = doctor_phone.phone(PhoneSettings(listen="192.168.1.2", insecure=True), home)
    assert (found.status, "without https" in found.what) == ("warn", True)


def test_what_a_phone_does_is_recorded_with_its_name() -> None:
    assert Speaker("ada", device="pixel").place("phone") == "phone:pixel"
    assert Speaker("ada", device="pixel").is_person


def test_how_to_reach_the_page_is_one_command() -> None:
    assert "  tailscale serve --bg 4700" in reach_lines(_LOCAL, 4700, "box.tail1.ts.net")
    assert '  url = "https://box.tail1.ts.net"' in reach_lines(_LOCAL, 4700, "box.tail1.ts.net")
    assert any("ssh -L 4700:127.0.0.1:4700" in line for line in reach_lines(_LOCAL, 4700, None))
    assert "  tailscale serve --bg 4700" in reach_lines(_SERVED, 4700, "box.tail1.ts.net")
    assert reach_lines(_SERVED, 4700, None) == ("https://box.tail1.ts.net has to lead to 127.0.0.1:4700.",)
