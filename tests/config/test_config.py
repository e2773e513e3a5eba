import tomllib
from pathlib import Path

import pytest

from orchestrator.config import KEYS, Config, ConfigError, example, load, schema, sources, variable
from orchestrator.config.toml_text import line_of
from tests.config.complaint import complaint
from tests.guard import CHECKOUT


def test_without_any_file_the_defaults_hold(file: Path) -> None:
    assert load() == Config()
    assert {each.origin for each in sources()} == {"default"}


# --- the example -----------------------------------------------------------------------------------


def test_the_example_equals_the_defaults_when_loaded(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ORCH_CONFIG", str(CHECKOUT / "config.example.toml"))
    assert load() == Config()


def test_the_example_is_the_one_that_config_init_writes() -> None:
    assert (CHECKOUT / "config.example.toml").read_text() == example(), (
        "Write it anew: python -m docs.generate"
    )


def test_the_example_has_every_key_and_a_comment_above_each() -> None:
    text = example()
    values = tomllib.loads(text)
    for key in KEYS:
        table, _, name = key.rpartition(".")
        if key in ("rules", "hosts", "agents", "forges", "filters"):
            continue  # there are none by default, so that they are shown as a comment
        assert name in (values[table] if table else values), key
        line = line_of(text, key.split("."))
        assert line is not None
        assert text.splitlines()[line - 2].startswith("# "), key


def test_the_schema_knows_every_key() -> None:
    described = schema()
    for key in KEYS:
        table, _, name = key.rpartition(".")
        where = (
            described["$defs"][described["properties"][table]["$ref"].split("/")[-1]] if table else described
        )
        assert where["properties"][name]["description"], key


# --- the layers ------------------------------------------------------------------------------------


def test_flags_win_over_the_environment_the_repository_the_user_and_the_defaults(
    file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = "agent.model"
    file.write_text("[agent]\nmodel = 'user'\npermission_mode = 'plan'\n")
    assert load(tmp_path).agent.model == "user"
    (tmp_path / ".orch.toml").write_text("[agent]\nmodel = 'repository'\n")
    assert load(tmp_path).agent.model == "repository"
    assert load().agent.model == "user"
    monkeypatch.setenv("ORCH_AGENT__MODEL", "environment")
    assert load(tmp_path).agent.model == "environment"
    config = load(tmp_path, {key: "flag"})
    assert (config.agent.model, config.agent.permission_mode) == ("flag", "plan")
    origins = {each.key: each.origin for each in sources(tmp_path, {key: "flag"})}
    assert (origins[key], origins["agent.permission_mode"], origins["agent.kind"]) == (
        "flag",
        "user",
        "default",
    )


@pytest.mark.parametrize(
    ("name", "value", "key", "expected"),
    [
        ("ORCH_MAX_SESSIONS", "7", "max_sessions", 7),
        ("ORCH_STALL_AFTER", "90s", "stall_after", 90.0),
        ("ORCH_STALL_AFTER_TOOL", "45", "stall_after_tool", 45.0),
        ("ORCH_HUB__SWEEP_EVERY", "0.5", "hub.sweep_every", 0.5),
        ("ORCH_TMUX__MOUSE", "false", "tmux.mouse", False),
        ("ORCH_AGENT__COMMAND", "claude --flag 'a b'", "agent.command", ("claude", "--flag", "a b")),
        ("ORCH_AGENT__COMMAND", '["claude", "a b"]', "agent.command", ("claude", "a b")),
        ("ORCH_AGENT__ENV", '{"Some_Key": "x"}', "agent.env", {"Some_Key": "x"}),
        ("ORCH_WORKTREE__COPY", ".env* local.json", "worktree.copy", (".env*", "local.json")),
        ("ORCH_WORKTREE__SETUP", "npm ci && make", "worktree.setup", ("npm ci && make",)),
        ("ORCH_KEYS", '{"move.left": "ctrl+h"}', "keys", {"move.left": "ctrl+h"}),
    ],
)
def test_every_kind_of_setting_can_be_given_in_the_environment(
    file: Path, monkeypatch: pytest.MonkeyPatch, *, name: str, value: str, key: str, expected: object
) -> None:
    monkeypatch.setenv(name, value)
    found = {each.key: each for each in sources()}[key]
    assert (found.value, found.origin, found.where) == (expected, "environment", name)
    assert variable(key) == name


@pytest.mark.parametrize(("text", "seconds"), [("5m", 300), ("90s", 90), ("2h", 7200), ("1.5m", 90)])
def test_times_are_written_as_words_or_seconds(file: Path, text: str, seconds: float) -> None:
    file.write_text(f'stall_after = "{text}"\nstall_after_tool = {seconds}\n')
    assert load().stall_after == load().stall_after_tool == seconds


@pytest.mark.parametrize("text", ['"move.left" = "z"', 'move.left = "z"', '[keys.move]\nleft = "z"'])
def test_an_action_s_dotted_id_may_be_quoted_or_not(file: Path, text: str) -> None:
    file.write_text(f"{'' if text.startswith('[') else '[keys]'}\n{text}\n")
    assert load().keys == {"move.left": "z"}


def test_names_of_ours_that_are_no_settings_and_names_of_others_are_let_be(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = ["CARD", "TOKEN", "SESSION", "PROMPT", "THEME", "TEST_REQUIRE_CLAUDE", "DEMO_SCRIPTS"]
    for name in [f"ORCH_{each}" for each in (*ours, "UNHEARD_OF")]:
        monkeypatch.setenv(name, "x")
    assert load() == Config()


def test_the_configuration_can_not_be_changed_once_it_is_loaded() -> None:
    with pytest.raises(ValueError, match="frozen"):
        Config().agent.model = "x"
    with pytest.raises(ValueError, match="frozen"):
        Config().max_sessions = 1


# --- what is wrong is said in words ----------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("max_sesions = 3", 'line 1: unknown key "max_sesions". Did you mean "max_sessions"?'),
        ("[agnt]", 'line 1: unknown key "agnt". Did you mean "agent"?'),
        ("[hub]\n\n# x\nprt = 1", 'line 4: unknown key "hub.prt". Did you mean "hub.port"?'),
        ("x = 1", 'line 1: unknown key "x".'),
        ("max_sessions = 0", "line 1: max_sessions = 0: must be at least 1."),
        ("max_sessions = 'many'", 'line 1: max_sessions = "many": must be a whole number.'),
        ("stall_after = '5 parsecs'", 'must be a duration such as "90s", "5m" or "2h"'),
        ("stall_after = true", 'stall_after = true: must be a duration such as "90s"'),
        ("stall_after = 0", "stall_after = 0: must be a duration"),
        ("agent.kind = 'claud-code'", 'must be one of claude-code, plain. Did you mean "claude-code"?'),
        ("agent.permission_mode = 'plann'", 'bypassPermissions. Did you mean "plan"?'),
        ("agent.command = \"claude 'x\"", "must be a command with balanced quotes"),
        ("agent.command = ''", "must be a command"),
        ("agent = 3", "agent = 3: must be a table."),
        ("agent.env = { A = 1 }", "must be a table of names and strings"),
        ("worktree.folder = 'x/{slug}'", "must be a path that starts with"),
        ("worktree.folder = '/x/{repo}'", "must be text that contains {slug}"),
        ("worktree.folder = '/x/{slug'", "must be text with balanced braces"),
        ("worktree.folder = '{parent}/{slig}'", 'Did you mean "{slug}"?'),
        ("worktree.copy = ['../secret']", "must be file patterns inside the repository"),
        ("tmux.back_key = 'F 12'", 'must be a key as tmux names it, such as "F12"'),
        ("tmux.back_key = 'F99'", 'tmux.back_key = "F99": must be a key as tmux names it'),
        ("tmux.next_key = 'C-PageDwn'", 'tmux.next_key = "C-PageDwn": must be a key'),
        ("tmux.back_key = 'F11'", 'tmux.back_key = "F11": must be a key other than next_key'),
        ("tmux.mouse = 'maybe'", 'tmux.mouse = "maybe": must be true or false.'),
        ("keys.qit = 'x'", 'Did you mean "quit"?'),
        ('keys."hub.status" = "x"', "a command, not an action of the board"),
        ("keys.start = 'q'", 'must be an unused key; q belongs to quit'),
        ("keys.start = ''", "must be one key, or several"),
        ("keys.start = 'a'", 'must be an unused key; a belongs to queue'),
        ("keys.'run.skip' = 'X'", 'must be an unused key; X belongs to run.cancel'),
        ("keys.'gate.deny' = 'p'", 'must be an unused key; p belongs to run.'),
        ("keys.'answer.deny' = 'A'", 'must be an unused key; A belongs to answer.always'),
        ("nudges.stall = 'contineu'", 'one of "", continue, interrupt, restart. Did you mean "continue"?'),
        ("nudges.error = 'interrupt'", 'nudges.error = "interrupt": must be one of "", continue, restart.'),
        ("nudges.per_hour = 4", "nudges.per_hour = 4: must be at most 3."),
        ("nudges.per_day = 0", "nudges.per_day = 0: must be at least 1."),
        ("nudges.per_our = 1", 'unknown key "nudges.per_our". Did you mean "nudges.per_hour"?'),
    ],
)  # fmt: skip
def test_a_wrong_value_names_file_line_key_value_and_the_way_out(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    found = complaint()
    assert found.startswith(f"{file}")
    assert said in found, found


def test_a_key_of_the_queue_may_be_one_of_the_board_as_well(file: Path) -> None:
    file.write_text('keys."answer.deny" = "x"\nkeys.queue = "y"\n')
    assert load().keys == {"answer.deny": "x", "queue": "y"}


def test_pause_and_resume_may_have_one_key_since_one_of_them_can_be_done_at_a_time(file: Path) -> None:
    file.write_text('keys."run.pause" = "P"\nkeys."run.resume" = "P"\nkeys."gate.deny" = "q"\n')
    assert load().keys == {"run.pause": "P", "run.resume": "P", "gate.deny": "q"}


def test_a_key_that_is_taken_away_from_an_action_is_free_for_another(file: Path) -> None:
    file.write_text('[keys]\nquit = "ctrl+q"\nstart = "q"\n')
    assert load().keys == {"quit": "ctrl+q", "start": "q"}


def test_several_problems_are_told_together(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file.write_text("max_sesions = 1\n[tmux]\nwidth = 2\n")
    monkeypatch.setenv("ORCH_HUB__PORT", "http")
    lines = complaint().splitlines()
    assert len(lines) == 3
    assert 'ORCH_HUB__PORT = "http": must be a whole number.' in lines


@pytest.mark.parametrize(
    ("text", "place"),
    [("a = 1\nb = = 2\n", "line 2, column 5"), ("a = [\n1,\n", "line 2"), ("a b", "line 1, column 3")],
)
def test_broken_toml_names_line_and_column(file: Path, text: str, place: str) -> None:
    file.write_text(text)
    assert complaint().startswith(f"{file}, {place}: is not valid TOML: ")


def test_a_file_that_can_not_be_read_is_said_in_words(file: Path) -> None:
    file.write_bytes(b"\xff\xfe")
    assert complaint() == f"{file}: is not UTF-8 text: invalid start byte."
    file.unlink()
    file.mkdir()
    assert complaint() == f"{file}: is a folder, not a regular file."


def test_a_repository_may_set_only_worktrees_model_and_mode(file: Path, tmp_path: Path) -> None:
    here = tmp_path / ".orch.toml"
    here.write_text("[worktree]\nsetup = 'make'\n[agent]\nmodel = 'opus'\npermission_mode = 'plan'\n")
    config = load(tmp_path)
    assert (config.worktree.setup, config.agent.model, config.agent.permission_mode) == (
        ("make",),
        "opus",
        "plan",
    )
    here.write_text(
        "[worktree]\nbase = 'x'\n[agent]\ncommand = 'evil'\nenv = { A = 'b' }\n[keys]\nquit = 'z'\n"
    )
    lines = complaint(tmp_path).splitlines()
    assert lines == [
        f'{here}, line {line}: "{key}" belongs in your own file, {file}.'
        for line, key in ((4, "agent.command"), (5, "agent.env"), (6, "keys"))
    ]


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("ORCH_MAX_SESSION", 'unknown setting "ORCH_MAX_SESSION". Did you mean "ORCH_MAX_SESSIONS"?'),
        ("ORCH_WORKTREE__BRANCHES", 'Did you mean "ORCH_WORKTREE__BRANCH"?'),
        ("ORCH_TMUX__NONSENSE", 'unknown setting "ORCH_TMUX__NONSENSE".'),
        ("ORCH_AGENT__ENV__Key", "must be set as a JSON object; ORCH_AGENT__ENV__Key would lose its case"),
    ],
)
def test_a_mistyped_variable_is_not_passed_over(
    file: Path, monkeypatch: pytest.MonkeyPatch, name: str, said: str
) -> None:
    monkeypatch.setenv(name, "x")
    assert said in complaint()


@pytest.mark.parametrize(
    ("path", "line"),
    [
        ("a", 1),
        ("b", 2),
        ("b.c", 3),
        ("b.list", 4),
        ("b.x.y", 10),
        ("b.text", 8),
        ("d.e.f", 12),
        ("no", None),
    ],
)
def test_a_key_s_line_is_found_in_any_layout(path: str, line: int | None) -> None:
    text = """\
a = 1
[b]
c = "[d]"
list = [
  "d = 1",
  2,
]
text = '''
a = 2'''
x.y = 1
[d.e]
'f' = 1
"""
    assert line_of(text, path.split(".")) == line


def test_a_repository_can_not_switch_its_sessions_permissions_off(tmp_path: Path) -> None:
    (tmp_path / ".orch.toml").write_text('[agent]\npermission_mode = "bypassPermissions"\n')
    with pytest.raises(ConfigError, match=r"line 2.*permission_mode.*belongs in your own file"):
        load(tmp_path)
    (tmp_path / ".orch.toml").write_text('[agent]\npermission_mode = "plan"\n')
    assert load(tmp_path).agent.permission_mode == "plan"


def test_an_action_may_still_be_called_by_its_former_id(file: Path) -> None:
    file.write_text('[keys]\n"answer.close" = "Z"\n')
    assert load().keys == {"pane.close": "Z"}


def test_an_agent_by_name_has_the_keys_of_agent_and_its_old_section_keeps_working(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file.write_text('[agent]\nmodel = "opus"\n[agents.aider]\nkind = "plain"\ncommand = "aider"\n')
    settings = load()
    assert settings.agent_names == ("claude", "aider")
    assert settings.agent_named("claude").model == settings.agent.model == "opus"
    assert settings.agent_named("aider").command == ("aider",)
    with pytest.raises(ConfigError, match="\"agents\" has no 'gone'; there is claude, aider"):
        settings.agent_named("gone")

    file.write_text('default_agent = "aider"\n[agents.claude]\nmodel = "opus"\n[agents.aider]\n')
    assert load().agent.model == "opus"
    monkeypatch.setenv("ORCH_AGENTS__CLAUDE__MODEL", "haiku")
    assert load().agent.model == "haiku"
    monkeypatch.setenv("ORCH_AGENT__MODEL", "sonnet")
    assert load().agent.model == "sonnet"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (
            'default_agent = "aidr"\n[agents.aider]\n',
            'line 1: default_agent = "aidr": must be one of',
        ),
        ("[agent]\n[agents.claude]\n", "write one of the two"),
        (
            '[agents.aider]\nkind = "plane"\n',
            'line 2: agents.aider.kind = "plane": must be one of',
        ),
        ('[agents.aider]\ncomand = "x"\n', 'Did you mean "agents.aider.command"?'),
        ('[agents."a b"]\n', "letters, digits, - and _"),
    ],
)
def test_a_fault_of_an_agents_settings_is_told_with_its_line(file: Path, text: str, said: str) -> None:
    file.write_text(text)
    with pytest.raises(ConfigError) as error:
        load()
    assert said in str(error.value)
