import pytest

from orchestrator.cli.queue.choice import UnclearError, chosen
from orchestrator.core.board.views import Question


def question(text: str, *labels: str, multi: bool = False) -> Question:
    return Question(text, "", multi, tuple((label, "") for label in labels))


DATABASE = question("Which database?", "Postgres", "SQLite")
EXTRAS = question("Which extras?", "Cache", "Metrics", "Tracing", multi=True)
SURE = question("Sure?", "Yes", "No")
AGAIN = question("And again?", "Yes", "No")


@pytest.mark.parametrize(
    ("questions", "options", "answers"),
    [
        ([DATABASE], ["SQLite"], [("SQLite",)]),
        ([DATABASE], ["sqlite"], [("SQLite",)]),
        ([DATABASE], ["DuckDB, in a file"], [("DuckDB, in a file",)]),
        ([EXTRAS], ["Cache", "Tracing"], [("Cache", "Tracing")]),
        ([EXTRAS], ["Cache", "Cache"], [("Cache",)]),
        ([EXTRAS], ["Cache", "and a bell"], [("Cache", "and a bell")]),
        ([DATABASE, EXTRAS], ["SQLite", "Metrics", "Cache"], [("SQLite",), ("Metrics", "Cache")]),
        ([DATABASE, EXTRAS], ["Metrics", "SQLite"], [("SQLite",), ("Metrics",)]),
        ([DATABASE, EXTRAS], ["Metrics", "Cache", "DuckDB"], [("DuckDB",), ("Metrics", "Cache")]),
        ([DATABASE, SURE], ["DuckDB", "of course"], [("DuckDB",), ("of course",)]),
        ([SURE, AGAIN], ["No", "Yes"], [("No",), ("Yes",)]),
        ([SURE, EXTRAS, AGAIN], ["No", "Cache", "Metrics", "Yes"], [("No",), ("Cache", "Metrics"), ("Yes",)]),
        ([question("?", "on", "ON")], ["ON"], [("ON",)]),
    ],
)
def test_each_option_finds_its_question(
    questions: list[Question], options: list[str], answers: list[tuple[str, ...]]
) -> None:
    assert list(chosen(questions, options)) == answers


@pytest.mark.parametrize(
    ("questions", "options", "said"),
    [
        ([DATABASE], [], 'no --option answers "Which database?"'),
        ([DATABASE], [" "], "an --option is empty"),
        ([DATABASE], ["Postgers"], 'there is no option "Postgers". Did you mean "Postgres"?'),
        ([DATABASE], ["Postgres", "SQLite"], '"Which database?" takes one answer, not "Postgres", "SQLite"'),
        ([DATABASE], ["SQLite", "in a file"], 'which question "in a file" answers'),
        ([DATABASE, EXTRAS], ["SQLite"], 'no --option answers "Which extras?"'),
        ([DATABASE, EXTRAS, SURE], ["DuckDB", "a bell", "Cache", "Yes"], 'which question "DuckDB", "a bell"'),
        ([SURE, AGAIN], ["Yes"], 'no --option answers "And again?"'),
        ([SURE, AGAIN], ["perhaps"], '"Sure?" offers "Yes", "No"; "And again?" offers'),
    ],
)
def test_what_is_unclear_is_asked_for_and_not_guessed(
    questions: list[Question], options: list[str], said: str
) -> None:
    with pytest.raises(UnclearError) as caught:
        chosen(questions, options)
    assert said in str(caught.value)
