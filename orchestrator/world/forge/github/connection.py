"""Requests to GitHub's API: one at a time, within the budget, conditional where something is known."""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from orchestrator.core.forge.budget import Budget
from orchestrator.world.forge.errors import ForgeError, Trouble
from orchestrator.world.forge.github import downloads, problems
from orchestrator.world.forge.github.addresses import web_host
from orchestrator.world.forge.github.token import Token

if TYPE_CHECKING:
    from github.Requester import Requester

PER_PAGE = 100
_TIMEOUT = 20
"""Seconds until an answer begins."""
_KEPT = 2000
"""Answers that are kept to ask conditionally for them again."""
_CORE, _GRAPHQL = "core", "graphql"


@dataclass(frozen=True, slots=True)
class Answer:
    """A successful answer; `next` is the address of the page that follows."""

    data: Any
    headers: Mapping[str, str]
    next: str = ""
    unchanged: bool = False
    """GitHub said that it is as before, which costs nothing."""


@dataclass(frozen=True, slots=True)
class Count:
    """The requests so far, and how many of them GitHub answered with "unchanged"."""

    requests: int = 0
    unchanged: int = 0


class Connection:
    """One account's way to the API. Calls wait for each other."""

    def __init__(self, base_url: str, token: Callable[[], Token], user_agent: str = "orch") -> None:
        self.host = web_host(base_url)
        self._base_url, self._find, self._user_agent = base_url.rstrip("/"), token, user_agent
        self._token: Token | None = None
        self._requester: Requester | None = None
        self._lock = threading.RLock()
        self._known: OrderedDict[str, tuple[str, Answer]] = OrderedDict()
        self._budgets: dict[str, Budget] = {}
        self.count = Count()
        self.clock = time.time
        self.sign_outs = 0
        """How often the token was forgotten: after each refusal it is looked for again."""

    @property
    def budgets(self) -> tuple[Budget, ...]:
        """What may be asked until when, as last told."""
        return tuple(self._budgets.values())

    @property
    def token_from(self) -> str:
        """Where the token was found. Raises `ForgeRefused` if there is none."""
        with self._lock:
            return self._signed_in()[1].found_in

    def get(self, path: str, doing: str, params: Mapping[str, str] | None = None) -> Answer:
        """Asks for something, conditionally if it is known. Raises `ForgeError`."""
        query = urlencode({**(params or {})})
        url = f"{path}?{query}" if query else path
        with self._lock:
            tag, known = self._known.get(url, ("", None))
            headers = {"If-None-Match": tag} if known else {}
            status, found, text = self._request("GET", url, doing, headers)
            if status == 304 and known:
                self._known.move_to_end(url)
                self.count = replace(self.count, unchanged=self.count.unchanged + 1)
                return replace(known, headers=found, unchanged=True)
            answer = self._answer(status, found, text, doing, changes=False)
            if tag := found.get("etag", ""):
                self._known[url] = (tag, answer)
                while len(self._known) > _KEPT:
                    self._known.popitem(last=False)
            return answer

    def pages(self, path: str, doing: str, params: Mapping[str, str] | None = None) -> Iterator[Answer]:
        """The pages of a list, each asked for conditionally. Raises `ForgeError`."""
        answer = self.get(path, doing, {**(params or {}), "per_page": str(PER_PAGE)})
        yield answer
        while answer.next:
            answer = self.get(answer.next, doing)
            yield answer

    def text(self, path: str, doing: str) -> str:
        """The end of a text that is kept elsewhere, to which GitHub leads: at most 200,000 bytes. Raises
        `ForgeError`."""
        with self._lock:
            status, headers, text = self._request("GET", path, doing, {})
            if status not in (301, 302, 303, 307, 308) or not headers.get("location"):
                if status < 300:
                    return text
                return str(self._answer(status, headers, text, doing, changes=False).data)
        return downloads.end_of(headers["location"], f"cannot {doing}", _TIMEOUT)

    def change(self, verb: str, path: str, doing: str, body: Mapping[str, Any] | None = None) -> Answer:
        """Changes something. Raises `ForgeError`, which says whether that may have happened nevertheless."""
        with self._lock:
            status, headers, text = self._request(verb, path, doing, {}, body)
            return self._answer(status, headers, text, doing, changes=True)

    def query(self, query: str, variables: Mapping[str, Any], doing: str) -> dict[str, Any]:
        """The data of a GraphQL query, in which what could not be told is null. Raises `ForgeError`."""
        with self._lock:
            url = self._signed_in()[0].graphql_url
            body = {"query": query, "variables": dict(variables)}
            status, headers, text = self._request("POST", url, doing, {}, body, resource=_GRAPHQL)
            answer = self._answer(status, headers, text, doing, changes=False)
        data = answer.data if isinstance(answer.data, dict) else {}
        errors = data.get("errors") or []
        if any(each.get("type") == "RATE_LIMITED" for each in errors if isinstance(each, dict)):
            until = max(self._budget(_GRAPHQL).reset_at, time.time() + 60)
            self._budgets[_GRAPHQL] = self._budget(_GRAPHQL).used_up(until)
            raise problems.limited(f"cannot {doing}", self.host, until)
        found = data.get("data")
        if not isinstance(found, dict):
            words = problems.problem(422, headers, text, doing, self.host, changes=False)
            raise ForgeError(Trouble.INVALID, words.what, words.why, f"See whether {self.host} is too old.")
        self._paid(found.pop("rateLimit", None))
        if errors and not any(found.values()):
            raise problems.of_query(errors, doing, self.host)
        return found

    def mutate(self, mutation: str, variables: Mapping[str, Any], doing: str) -> dict[str, Any]:
        """As `query`, of what changes something: the error says whether that may have happened."""
        try:
            return self.query(mutation, variables, doing)
        except ForgeError as error:
            error.maybe_done = error.trouble in (Trouble.AWAY, Trouble.NOT_A_FORGE)
            raise

    def close(self) -> None:
        """Closes its connections, and forgets the token."""
        with self._lock:
            if self._requester is not None:
                self._requester.close()
            self._requester = self._token = None
            self.sign_outs += 1

    def _answer(
        self, status: int, headers: Mapping[str, str], text: str, doing: str, *, changes: bool
    ) -> Answer:
        if status >= 300:
            found_in = self._token.found_in if self._token else ""
            error = problems.problem(
                status, headers, text, doing, self.host, changes=changes, token_from=found_in
            )
            if error.trouble is Trouble.LIMITED:
                self._limited(headers, error.retry_at)
            if error.trouble is Trouble.AUTH:
                self.close()  # a renewed token is found with the next request
            raise error
        data = problems.parsed(text)
        if data is None:
            raise problems.not_a_forge(f"cannot {doing}", self.host, text)
        return Answer(data, headers, _next(headers.get("link", "")))

    def _request(
        self,
        verb: str,
        url: str,
        doing: str,
        headers: dict[str, str],
        body: Mapping[str, Any] | None = None,
        resource: str = _CORE,
    ) -> tuple[int, Mapping[str, str], str]:
        requester, token = self._signed_in()
        now = self.clock()
        budget = self._budget(resource)
        until = budget.waits_until(now)
        if until > now:
            asked = budget.paused_until > now
            why = f"{self.host} asks to wait" if asked else "orch's share of the requests is used"
            raise problems.limited(f"cannot {doing}", self.host, until, why)
        self.count = replace(self.count, requests=self.count.requests + 1)
        status, found, text = _sent(
            requester, verb, url, headers, body, what=f"cannot {doing}", host=self.host
        )
        self._told(found, counted=status != 304)
        return status, found, token.without(text)

    def _told(self, headers: Mapping[str, str], *, counted: bool) -> None:
        figures = [headers.get(f"x-ratelimit-{name}", "") for name in ("limit", "remaining", "reset")]
        if not all(each.isdecimal() for each in figures):
            return
        resource = headers.get("x-ratelimit-resource", _CORE)
        limit, remaining, reset = map(int, figures)
        before = self._budget(resource)
        told = before.told(limit, remaining, reset - problems.ahead(headers))
        first = not before.limit
        self._budgets[resource] = told.spent() if counted and not first else told

    def _paid(self, said: Any) -> None:
        """A query may cost several points: as many as it says, of which one is counted already."""
        cost = said.get("cost") if isinstance(said, dict) else None
        if isinstance(cost, int) and cost > 1:
            self._budgets[_GRAPHQL] = self._budget(_GRAPHQL).spent(cost - 1)

    def _limited(self, headers: Mapping[str, str], until: float) -> None:
        resource = headers.get("x-ratelimit-resource", _CORE)
        budget = self._budget(resource)
        if headers.get("x-ratelimit-remaining") == "0":
            self._budgets[resource] = budget.used_up(until)
            return
        for each in {_CORE, _GRAPHQL, *self._budgets}:  # a secondary limit is one of the whole account
            self._budgets[each] = self._budget(each).paused(until)

    def _budget(self, resource: str) -> Budget:
        return self._budgets.get(resource, Budget(resource))

    def _signed_in(self) -> "tuple[Requester, Token]":
        if self._requester is None or self._token is None:
            self._token = self._find()
            self._requester = _requester(self._base_url, self._token, self._user_agent)
        return self._requester, self._token


def _requester(base_url: str, token: Token, user_agent: str) -> "Requester":
    """PyGithub, which takes a third of a second to load. It retries nothing and waits for nothing."""
    from github import Auth, Github

    logging.getLogger("github").setLevel(logging.CRITICAL)  # it tells of redirections on stderr
    return Github(
        base_url=base_url,
        auth=Auth.Token(token.value),
        timeout=_TIMEOUT,
        user_agent=user_agent,
        per_page=PER_PAGE,
        retry=None,
        seconds_between_requests=None,
        seconds_between_writes=None,
    ).requester


def _sent(
    requester: "Requester",
    verb: str,
    url: str,
    headers: dict[str, str],
    body: Mapping[str, Any] | None,
    *,
    what: str,
    host: str,
) -> tuple[int, Mapping[str, str], str]:
    """Makes the request. Raises `ForgeError` if there is no answer."""
    from requests import exceptions

    changes = verb != "GET" and not url.endswith("/graphql")
    sent = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28", **headers}
    given = None if body is None else dict(body)
    try:
        return requester.requestJson(verb, url, None, sent, given)
    except exceptions.SSLError as error:
        raise problems.certificate(what, host) from error
    except exceptions.ConnectTimeout as error:
        raise problems.away(what, f"{host} does not answer") from error
    except exceptions.Timeout as error:
        raise problems.away(what, f"{host} takes too long to answer", maybe_done=changes) from error
    except exceptions.ProxyError as error:
        raise problems.away(what, f"the proxy to {host} does not answer") from error
    except exceptions.ConnectionError as error:
        unsent = "NewConnectionError" in repr(error) or "NameResolution" in repr(error)
        raise problems.away(what, f"cannot connect to {host}", maybe_done=changes and not unsent) from error
    except exceptions.RequestException as error:
        raise problems.away(what, f"the connection to {host} broke", maybe_done=changes) from error
    except (RuntimeError, AssertionError) as error:  # PyGithub's words for a redirect elsewhere
        raise problems.not_a_forge(what, host, "<") from error


def _next(link: str) -> str:
    """The address of the next page in a `Link` header."""
    for part in link.split(","):
        address, _, relation = part.partition(";")
        if 'rel="next"' in relation:
            return address.strip().strip("<>")
    return ""
