"""GitHub's answers that are errors, in words."""

import json
import time
from collections.abc import Mapping, Sequence
from email.utils import parsedate_to_datetime
from typing import Any

from orchestrator.core.text.clean import one_line
from orchestrator.world.forge.errors import ForgeError, ForgeMissing, ForgeRefused, Trouble
from orchestrator.world.forge.github.token import renewal

_PAUSE = 60.0
"""Seconds to wait after a secondary limit without a header that tells; GitHub's own advice."""
_SOONEST = 5.0
"""Seconds to wait after a refusal whose reset is over by this machine's clock."""
_SKEW = 2.0
"""Seconds of difference between two clocks that count as none: times have whole seconds."""
_NO_SSO = "the token is not authorized for the organization's SSO"
_SECONDARY = (
    "secondary rate limit",
    "abuse detection",
    "please wait a few minutes",
    "retry your request again",
)


def problem(
    status: int,
    headers: Mapping[str, str],
    text: str,
    doing: str,
    host: str,
    *,
    changes: bool,
    token_from: str = "",
) -> ForgeError:
    """The error for an answer of status 300 and more. `doing` follows "cannot"; with `changes` the request
    was to change something. `token_from` is where the token was found."""
    data = parsed(text)
    what = f"cannot {doing}"
    said = _said(data)
    if data is None and text.strip() and not (status in (401, 404) or status >= 500):
        return not_a_forge(what, host, text)
    if limited := _limit(status, headers, said, what, host):
        return limited
    if status in (301, 302, 307, 308):
        return ForgeRefused(Trouble.MOVED, what, "it has moved", "Retry: the new name is looked up.")
    if status == 401:
        return _unauthorized(headers, what, said, host, token_from)
    if status == 403:
        return _forbidden(headers, what, said, host, token_from)
    if status == 404:
        return _missing(headers, what, host)
    if status == 410:
        off = "disabled" in said.casefold()
        why = "issues are disabled for the repository" if off else "it was deleted"
        hint = "Enable them in the repository's settings." if off else "Unlink it from its card."
        return ForgeMissing(Trouble.GONE, what, why, hint)
    if status in (405, 409):
        return ForgeRefused(
            Trouble.REFUSED, what, said or "its state does not allow it", f"See it on {host}."
        )
    if status in (400, 422):
        return ForgeRefused(Trouble.INVALID, what, said or "the request is not valid", f"See it on {host}.")
    if status == 451:
        return ForgeRefused(Trouble.REFUSED, what, "the repository is blocked for legal reasons")
    if status >= 500:
        return away(what, f"{host} answers {status}", maybe_done=changes)
    return ForgeError(Trouble.AWAY, what, f"{host} answers {status}: {said or one_line(text, 80)}")


def away(what: str, why: str, *, maybe_done: bool = False) -> ForgeError:
    """The server does not answer as it should; a retry may succeed."""
    return ForgeError(
        Trouble.AWAY,
        what,
        why,
        "Retry later.",
        retry_at=time.time() + _PAUSE,
        maybe_done=maybe_done,
    )


def not_a_forge(what: str, host: str, text: str) -> ForgeError:
    """What answers is something else: a proxy, a log-in page, a wrong address."""
    page = "a web page" if "<" in text[:500] else "something that is not JSON"
    return ForgeError(
        Trouble.NOT_A_FORGE,
        what,
        f"{host} answers with {page}",
        "Check github.base_url, and whether a proxy is between.",
        retry_at=time.time() + _PAUSE,
        maybe_done=True,
    )


def certificate(what: str, host: str) -> ForgeError:
    """The server's certificate is not trusted here."""
    hint = "Set REQUESTS_CA_BUNDLE to the file with the certificate of your proxy or server."
    why = f"the certificate of {host} is not trusted"
    return ForgeError(Trouble.CERTIFICATE, what, why, hint, retry_at=time.time() + _PAUSE)


def limited(what: str, host: str, until: float, why: str = "") -> ForgeError:
    """No request may be made before that time."""
    clock = time.strftime("%H:%M", time.localtime(until))
    why = why or f"the limit of requests to {host} is reached"
    return ForgeError(Trouble.LIMITED, what, why, f"It continues at {clock}.", retry_at=until)


def of_query(errors: Sequence[Any], doing: str, host: str) -> ForgeError:
    """The error for a query of which nothing was answered."""
    first = next((each for each in errors if isinstance(each, dict)), {})
    what, kind, said = (
        f"cannot {doing}",
        str(first.get("type") or ""),
        _said({"message": first.get("message")}),
    )
    if "SAML" in said:
        return ForgeRefused(Trouble.SSO, what, _NO_SSO, f"Authorize it on {host}.")
    if kind == "NOT_FOUND":
        return _missing({}, what, host)
    if kind in ("FORBIDDEN", "INSUFFICIENT_SCOPES"):
        return ForgeRefused(Trouble.SCOPE, what, said, "Check the token's rights: orch doctor")
    return ForgeError(Trouble.INVALID, what, said, f"See whether {host} is too old.")


def ahead(headers: Mapping[str, str]) -> float:
    """Seconds by which the forge's clock is ahead of this machine's; its times are by its own."""
    try:
        there = parsedate_to_datetime(headers.get("date", "")).timestamp()
    except (TypeError, ValueError):
        return 0.0
    skew = there - time.time()
    return skew if abs(skew) > _SKEW else 0.0


def parsed(text: str) -> Any:
    """The JSON of an answer; `None` if it is none."""
    try:
        return json.loads(text) if text.strip() else {}
    except (ValueError, RecursionError):
        return None


def _limit(status: int, headers: Mapping[str, str], said: str, what: str, host: str) -> ForgeError | None:
    if status not in (403, 429):
        return None
    now = time.time()
    if after := _number(headers.get("retry-after", "")):
        return limited(what, host, now + after, f"{host} asks to wait")
    if headers.get("x-ratelimit-remaining") == "0":
        reset = _number(headers.get("x-ratelimit-reset", "")) - ahead(headers)
        return limited(what, host, max(reset, now + _SOONEST))
    if status == 429 or any(each in said.casefold() for each in _SECONDARY):
        return limited(what, host, now + _PAUSE, f"{host} asks to wait")
    return None


def _unauthorized(headers: Mapping[str, str], what: str, said: str, host: str, token_from: str) -> ForgeError:
    if "required" in headers.get("x-github-otp", ""):
        why = f"{host} asks for a second factor, which a token replaces"
        return ForgeRefused(Trouble.AUTH, what, why, f"Use a token. {renewal(token_from, host)}")
    why = f"{host} does not accept the token" + (f": {said}" if said else "")
    return ForgeRefused(Trouble.AUTH, what, why, f"It may have expired. {renewal(token_from, host)}")


def _forbidden(headers: Mapping[str, str], what: str, said: str, host: str, token_from: str) -> ForgeError:
    sso = headers.get("x-github-sso", "")
    if sso.startswith("required"):
        url = next((part.strip()[4:] for part in sso.split(";") if part.strip().startswith("url=")), "")
        where = f"Authorize it: {url}" if url.startswith("https://") else f"Authorize it on {host}."
        return ForgeRefused(Trouble.SSO, what, _NO_SSO, where)
    if missing := _missing_scopes(headers):
        why = f"the token lacks {missing}"
        scopes = _words(headers.get("x-accepted-oauth-scopes", "")) if "x-oauth-scopes" in headers else []
        hint = renewal(token_from, host, scopes[0]) if scopes else f"Give it that in its settings on {host}."
        return ForgeRefused(Trouble.SCOPE, what, why, hint)
    lower = said.casefold()
    if "archived" in lower:
        return ForgeRefused(Trouble.REFUSED, what, "the repository is archived: it cannot be changed")
    if "locked" in lower:
        return ForgeRefused(Trouble.REFUSED, what, "the conversation is locked")
    return ForgeRefused(
        Trouble.SCOPE, what, said or "the account may not do that", "Check the token's rights: orch doctor"
    )


def _missing_scopes(headers: Mapping[str, str]) -> str:
    """What the token lacks, as far as headers tell: of classic tokens scopes, of others permissions."""
    if "x-oauth-scopes" in headers:
        accepted = _words(headers.get("x-accepted-oauth-scopes", ""))
        if accepted and not set(accepted) & set(_words(headers["x-oauth-scopes"])):
            return f"the scope {' or '.join(accepted)}"
        return ""
    needed = headers.get("x-accepted-github-permissions", "")
    return f"the permission {one_line(needed, 60)}" if needed else ""


def _missing(headers: Mapping[str, str], what: str, host: str) -> ForgeError:
    missing = _missing_scopes(headers)
    hint = (
        f"If it is private: the token lacks {missing}."
        if missing
        else ("Check the name, and whether the token may see it: orch doctor")
    )
    return ForgeMissing(Trouble.MISSING, what, f"{host} does not know it, or not for this token", hint)


def _said(data: Any) -> str:
    """GitHub's own message, with its details, in a line."""
    if not isinstance(data, dict):
        return ""
    details = [_detail(each) for each in data.get("errors") or () if each]
    said = str(data.get("message") or "").rstrip(".")
    return one_line("; ".join(filter(None, (said, *details))), 200)


def _detail(error: Any) -> str:
    if not isinstance(error, dict):
        return str(error)
    if error.get("message"):
        return str(error["message"])
    return " ".join(str(error[key]) for key in ("field", "code") if error.get(key))


def _words(header: str) -> list[str]:
    return [each.strip() for each in header.split(",") if each.strip()]


def _number(text: str) -> float:
    return float(text) if text.isdecimal() else 0.0
