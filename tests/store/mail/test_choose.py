"""Which store the configuration means."""

import sys
from pathlib import Path

import pytest

from orchestrator.store.mail.choose import mail_store
from orchestrator.store.mail.protocol import MailError
from orchestrator.store.mail.sqlite.store import SqliteMail
from tests.test_imports import loaded_by


def test_a_file_is_the_default_and_a_url_means_redis(tmp_path: Path) -> None:
    assert isinstance(mail_store("", tmp_path), SqliteMail)
    assert isinstance(mail_store("sqlite", tmp_path), SqliteMail)
    assert type(mail_store("rediss://user:secret@example.org", tmp_path)).__name__ == "RedisMail"


def test_anything_else_is_refused_in_words_that_show_no_password(tmp_path: Path) -> None:
    with pytest.raises(MailError) as caught:
        mail_store("http://user:secret@example.org", tmp_path)
    assert "redis://" in str(caught.value)
    assert "secret" not in str(caught.value)


def test_without_the_extra_it_says_what_to_install(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in [each for each in sys.modules if each.startswith("orchestrator.store.mail.redis")]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "redis", None)
    monkeypatch.setitem(sys.modules, "redis.asyncio", None)
    with pytest.raises(MailError, match=r"pip install 'orch-tui\[redis\]'"):
        mail_store("redis://example.org", tmp_path)


def test_the_file_needs_no_redis() -> None:
    loaded = loaded_by("import orchestrator.store.mail.sqlite.store, orchestrator.store.mail.choose")
    assert not loaded & {"redis", "redis.asyncio"}
