"""The settings of GitHub, or of a GitHub Enterprise server."""

from typing import Annotated, Literal
from urllib.parse import urlsplit

from pydantic import AfterValidator, Field

from orchestrator.config.base import Table, UnfitValueError
from orchestrator.config.values import Duration, OptionalCommand, Words
from orchestrator.core.forge.issues.prompt import PLACEHOLDERS
from orchestrator.core.forge.issues.status import StatusRules
from orchestrator.core.text.placeholders import placeholders

PUBLIC = "https://api.github.com"
_LONGEST_LABEL = 50
_LOOPBACK = ("127.0.0.1", "::1", "localhost")


def _base_url(given: str) -> str:
    try:
        split = urlsplit(given)
        fits = bool(split.hostname) and split.port != 0 and given.isprintable() and not split.query
    except ValueError:
        fits = False
    if not fits or split.username or split.password:
        raise UnfitValueError(f"the address of an API without a password in it, such as {PUBLIC}")
    if split.scheme != "https" and not (split.scheme == "http" and split.hostname in _LOOPBACK):
        raise UnfitValueError("an address that begins with https://, as the token is sent there")
    if split.hostname in ("github.com", "www.github.com"):
        raise UnfitValueError("the address of the API, not of the pages", PUBLIC)
    return given.rstrip("/")


def _repository(given: str) -> str:
    if given and (
        given.count("/") != 1 or not all(given.split("/")) or not given.isprintable() or " " in given
    ):
        raise UnfitValueError("a repository as owner/name, or empty")
    return given


def _prompt(given: str) -> str:
    found = placeholders(given)
    if found is None or not set(found) <= set(PLACEHOLDERS) or (given and "text" not in found):
        known = ", ".join(f"{{{name}}}" for name in PLACEHOLDERS)
        raise UnfitValueError(f"a text with {{text}} and no placeholders but {known}; or empty")
    return given


def _label(given: str) -> str:
    if given != given.strip() or not given.isprintable() or len(given) > _LONGEST_LABEL:
        raise UnfitValueError(f"one line of at most {_LONGEST_LABEL} characters, or empty")
    return given


def _labels(given: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(_label(each) for each in given)


class GitHubSettings(Table):
    """GitHub, from which issues come and to which pull requests go (see docs/issues.md)."""

    base_url: Annotated[str, AfterValidator(_base_url)] = Field(
        default=PUBLIC,
        description="The address of the API; of an Enterprise server https://HOST/api/v3.",
    )
    token_command: OptionalCommand = Field(
        default=(),
        description='A command that prints the token, such as "pass show github". Empty: token_file, else\n'
        "GH_TOKEN or GITHUB_TOKEN (of an Enterprise server GH_ENTERPRISE_TOKEN or\n"
        "GITHUB_ENTERPRISE_TOKEN), else what `gh auth token` prints.",
    )
    token_file: str = Field(
        default="", description="A file that contains the token and that only you can read."
    )
    remote: str = Field(
        default="",
        description="The git remote whose repository has the issues. Empty: upstream, else origin, else the\n"
        "only one that leads there.",
    )
    repository: Annotated[str, AfterValidator(_repository)] = Field(
        default="",
        description="The repository with the issues, as owner/name, where no remote tells.",
    )
    prompt: Annotated[str, AfterValidator(_prompt)] = Field(
        default="",
        description="The prompt of a card that is created from an issue. {text} is the issue's text,\n"
        "quoted; also {number} {repository} {url} {author} {labels} {milestone}. Empty: orch's own.",
    )
    claim: bool = Field(
        default=True,
        description="Claim an issue that gets a card, by a comment, the label and you as assignee: no other\n"
        "board takes it then.",
    )
    reviewers: Words = Field(
        default=(),
        description="Accounts, and teams as organization/team, that are asked to review a pull request\n"
        'that orch opens: ["ada", "acme/platform"].',
    )
    pull_request_labels: Words = Field(
        default=(), description="Labels of pull requests that orch opens; made if they are missing."
    )
    draft: bool = Field(default=False, description="Open pull requests as drafts.")
    open_in_review: bool = Field(
        default=False,
        description="Push the branch of a card that has been in Review for review_after, and open its pull\n"
        "request or update it; not if its session asks something, or you closed the pull request.",
    )
    merge_method: Literal["", "merge", "squash", "rebase"] = Field(
        default="",
        description="The method of orch pr merge where the repository allows several: merge, squash\n"
        "or rebase.",
    )
    label: Annotated[str, AfterValidator(_label)] = Field(
        default="orch",
        description="The label of claimed issues; made if it is missing. Empty: none.",
    )
    import_labels: Annotated[Words, AfterValidator(_labels)] = Field(
        default=(),
        description="Import open issues that get one of these labels, into the backlog. Nothing starts them.",
    )
    import_assigned: bool = Field(
        default=False, description="Import open issues that are assigned to you, likewise."
    )
    import_repositories: Words = Field(
        default=(),
        description="Paths of the repositories in which that is done. Empty: those of the board's cards.",
    )
    label_in_progress: Annotated[str, AfterValidator(_label)] = Field(
        default="in progress",
        description="The label of an issue whose card is started; made if it is missing. Empty: none.",
    )
    label_in_review: Annotated[str, AfterValidator(_label)] = Field(
        default="",
        description="The label in its place while the card is in Review. Empty: the same.",
    )
    review_after: Duration = Field(
        default=120.0,
        description="How long a card has to be in Review before its issue shows that.",
    )
    assign: bool = Field(
        default=True, description="Assign you when an issue is claimed, and when its card is started."
    )
    comment: bool = Field(
        default=True,
        description="Say in orch's comment how far the card is. There is one, which is edited.",
    )
    close: bool = Field(
        default=True,
        description="Close an issue once the default branch of its repository has the card's commit.",
    )

    @property
    def rules(self) -> StatusRules:
        """What orch does to issues."""
        return StatusRules(
            claim=self.claim,
            label=self.label,
            in_progress=self.label_in_progress,
            in_review=self.label_in_review,
            assign=self.assign,
            comment=self.comment,
            close=self.close,
            review_after=self.review_after,
        )
