"""Settings for the page for phones."""

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema, model_validator

from orchestrator.config.base import MissingValueError, Table, UnfitValueError, nearest
from orchestrator.config.values import words
from orchestrator.core.phone.addresses import address_of, is_loopback, listen_address
from orchestrator.core.phone.devices import SCOPES

_ANYWHERE = ("0.0.0.0", "::")  # noqa: S104 (refused below without a name for it)


def _listen(value: str) -> str:
    if listen_address(value) is None:
        raise UnfitValueError('an address of this machine, such as "127.0.0.1" or "127.0.0.1:8787"')
    return value


def _url(value: str) -> str:
    if value and address_of(value) is None:
        raise UnfitValueError('a URL without a path, such as "https://box.example.org"')
    return value.removesuffix("/")


def _scopes(value: tuple[str, ...]) -> tuple[str, ...]:
    for each in value:
        if each not in SCOPES:
            raise UnfitValueError(f"a list of {', '.join(SCOPES)}", nearest(each, list(SCOPES)))
    return value


class Phone(Table):
    """The page for phones (see docs/phone.md). `orch phone` turns it on; it is off by default."""

    listen: Annotated[str, AfterValidator(_listen)] = Field(
        default="127.0.0.1",
        description="The address of the page's listener, with or without a port; without, a free one is "
        "chosen\n"
        "once and kept. Other machines reach one that is not on loopback: see insecure.",
    )
    url: Annotated[str, AfterValidator(_url)] = Field(
        default="",
        description="The page's address as phones see it, when a proxy or tunnel with https is in front of "
        "it:\n"
        '"https://box.tailnet.ts.net". Requests under other names are refused.',
    )
    scopes: Annotated[
        tuple[str, ...],
        BeforeValidator(words),
        AfterValidator(_scopes),
        WithJsonSchema({"type": "array", "items": {"type": "string", "enum": list(SCOPES)}}),
    ] = Field(
        default=SCOPES,
        description="What a newly paired phone may do: look; answer requests; decide gates and stages;\n"
        "send prompts, stop and hold sessions (prompts).",
    )
    tls_cert: str = Field(default="", description="A certificate file, to serve https; needs tls_key.")
    tls_key: str = Field(default="", description="The private key's file.")
    insecure: bool = Field(
        default=False,
        description="Whether listen may be an address that other machines reach, without https:\n"
        "whoever is on the way can read and change everything.",
    )

    @model_validator(mode="after")
    def _safe(self) -> "Phone":
        if bool(self.tls_cert) != bool(self.tls_key):
            raise MissingValueError("tls_key" if self.tls_cert else "tls_cert", "https needs both files")
        host = (listen_address(self.listen) or ("", 0))[0]
        if is_loopback(host):
            return self
        if not (self.insecure or self.tls_cert or self.url):
            raise UnfitValueError(
                "an address on loopback, or with tls_cert and tls_key, url (of a proxy), or insecure = true",
                "",
                "listen",
            )
        if host in _ANYWHERE and not self.url:
            raise UnfitValueError("one address, unless url says what phones call it", "", "listen")
        return self
