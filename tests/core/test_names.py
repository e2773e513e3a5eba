"""Names made of titles: fit for a branch, and never the same for two titles that only look alike to ASCII."""

import re

import pytest

from orchestrator.core.text.names import slug_of


@pytest.mark.parametrize(
    ("title", "slug"),
    [
        ("Fix – the “login” page", "fix-the-login-page"),
        ("Café déjà vu", "cafe-deja-vu"),
        ("Größe ändern", "grosse-andern"),
        ("łódź", "lodz"),
        ("Правка API", "pravka-api"),
        ("Добавить тесты API", "dobavit-testy-api"),
        ("Ελληνικά", "ellinika"),
        ("あいう テスト", "aiu-tesuto"),
        ("한국어", "hangugeo"),
        ("🎉 ship it", "ship-it"),
        ("!!!", "card"),
    ],
)
def test_a_title_is_spelled_in_latin_letters(title: str, slug: str) -> None:
    assert slug_of(title) == slug


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("修正API", "修复API"),
        ("日本語", "中文"),
        ("שלום", "מרחב"),
        ("مرحبا API", "سلام API"),
        ("हिन्दी", "मराठी"),
        ("ไทย", "ลาว"),
        ("🚀", "🎉"),
        ("日" * 60, "日" * 61),
    ],
)
def test_titles_that_can_not_be_spelled_still_have_names_of_their_own(one: str, other: str) -> None:
    assert slug_of(one) != slug_of(other)
    assert slug_of(one) == slug_of(one)


@pytest.mark.parametrize(
    "title", ["x" * 90, "日本語" * 30, "word " * 30 + "日本", "Кириллица " * 9, "a-", "İ"]
)
def test_every_name_is_short_plain_and_names_itself(title: str) -> None:
    slug = slug_of(title)
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", slug)
    assert len(slug) <= 40
    assert slug_of(slug) == slug
