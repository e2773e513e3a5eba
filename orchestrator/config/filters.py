"""Saved filters: each a name with a text in the language of `core.filter`."""

from orchestrator.config.base import UnfitValueError
from orchestrator.core.filter.language import parse
from orchestrator.core.filter.problem import FilterError

_LONGEST_NAME = 40


def each_can_be_used(filters: object) -> object:
    """The filters as given. Raises `UnfitValueError` for one that is not a filter."""
    if not isinstance(filters, dict):
        raise UnfitValueError("a table of names and filters")
    for name, text in filters.items():
        if not str(name).isprintable() or not 0 < len(str(name).strip()) <= _LONGEST_NAME:
            raise UnfitValueError(f"named in one line of at most {_LONGEST_NAME} characters", "", name)
        if not isinstance(text, str) or not text.strip():
            raise UnfitValueError('a filter such as "column=review repo=web"', "", name)
        try:
            parse(text)
        except FilterError as error:
            raise UnfitValueError(f"a filter: {str(error).rstrip('.')}", "", name) from None
    return filters
