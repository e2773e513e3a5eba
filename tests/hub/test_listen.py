"""The hub's two doors."""

import os
import socket

import pytest

from orchestrator.hub.doors.listen import PortTakenError, loopback_port, unix_socket
from orchestrator.paths import Home


def test_the_port_is_chosen_once_and_kept(home: Home) -> None:
    home.make()
    first = loopback_port(home, 0)
    port = first.getsockname()[1]
    first.close()
    again = loopback_port(home, 0)
    assert again.getsockname() == ("127.0.0.1", port)
    again.close()


def test_a_taken_port_is_refused_with_the_name_of_who_holds_it(home: Home) -> None:
    home.make()
    with socket.create_server(("127.0.0.1", 0)) as other:
        home.port.write_text(str(other.getsockname()[1]))
        with pytest.raises(PortTakenError, match=rf"process {os.getpid()}\)"):
            loopback_port(home, 0)


def test_only_the_owner_can_open_the_socket_and_a_dead_one_is_replaced(home: Home) -> None:
    home.make()
    unix_socket(home).close()
    listener = unix_socket(home)
    assert home.socket.stat().st_mode & 0o777 == 0o600
    listener.close()
