"""How a phone reaches the page, as text."""

from orchestrator.core.phone.addresses import Address, Addresses, is_loopback


def reach_lines(addresses: Addresses, port: int, tailnet_name: str | None) -> tuple[str, ...]:
    """Lines of text; a line that begins with spaces is a command or a setting. `tailnet_name` is this
    machine's name in a tailnet, empty if the program `tailscale` is there and says none, and `None` without
    the program."""
    target = f"127.0.0.1:{port}"
    if addresses.url is not None:
        wanted = addresses.url
        if tailnet_name and wanted == Address("https", tailnet_name):
            return (f"{wanted.origin} is served by tailscale:", f"  tailscale serve --bg {port}")
        return (f"{wanted.origin} has to lead to {target}.",)
    if not is_loopback(addresses.listen.host.strip("[]")):
        return (
            f"Anyone who reaches {addresses.listen.origin} can open the page; only paired devices see more.",
        )
    if tailnet_name is not None:
        name = tailnet_name or "MACHINE.TAILNET.ts.net"
        return (
            "With tailscale, on this machine:",
            f"  tailscale serve --bg {port}",
            "and in your configuration (orch config path), then orch phone on again:",
            "  [phone]",
            f'  url = "https://{name}"',
        )
    return (
        "From a phone with an SSH app, forward the port, and open the address there:",
        f"  ssh -L {port}:{target} USER@THIS-MACHINE",
        "Or use tailscale or a reverse proxy with https, and set [phone] url (see docs/phone.md).",
    )
