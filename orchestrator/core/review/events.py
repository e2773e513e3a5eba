"""What has happened in the review of a card's work."""

from dataclasses import dataclass

from orchestrator.core.review.comments import Kept, KeptNote


@dataclass(frozen=True, slots=True)
class CommentWritten:
    at: float
    card: str
    comment: Kept


@dataclass(frozen=True, slots=True)
class CommentEdited:
    at: float
    card: str
    comment: str
    text: str


@dataclass(frozen=True, slots=True)
class CommentDeleted:
    at: float
    card: str
    comment: str


@dataclass(frozen=True, slots=True)
class CommentsQueued:
    """They are in a prompt that waits to be typed; they count as sent with its receipt."""

    at: float
    card: str
    comments: tuple[str, ...]
    prompt: str


@dataclass(frozen=True, slots=True)
class CommentsSent:
    """They are in the reason with which a gate was denied, and which a stage is told."""

    at: float
    card: str
    comments: tuple[str, ...]
    gate: str


@dataclass(frozen=True, slots=True)
class NoteWritten:
    """By the card's session."""

    at: float
    card: str
    note: KeptNote


@dataclass(frozen=True, slots=True)
class FileReviewed:
    at: float
    card: str
    path: str
    content: str
    reviewed: bool
    """`False` where the mark is taken back."""


@dataclass(frozen=True, slots=True)
class DiffSeen:
    at: float
    card: str
    tree: str


ReviewEvent = (
    CommentWritten
    | CommentEdited
    | CommentDeleted
    | CommentsQueued
    | CommentsSent
    | NoteWritten
    | FileReviewed
    | DiffSeen
)
