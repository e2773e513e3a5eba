"""The page on filters, made from the table that the parser uses."""

from docs.pages import table
from orchestrator.core.filter.fields import FIELDS, FLAGS, NUMBERS, Field

_VALUES = {
    "name": "text; `*` and `?` stand for any text and any character",
    "part": "part of it",
    "number": "number",
    "percent": "number, with or without `%`",
    "money": "number, with or without `$`",
    "time": "`90s`, `30m`, `2h`, `3d`, `1w`, or `1h30m`",
}


def page() -> str:
    rows = [
        (
            f"`{field.name}`",
            " ".join(f"`{sign}`" for sign in _signs(field)),
            field.means,
            _values(field),
            f"`{field.example}`",
        )
        for field in FIELDS.values()
    ]
    flags = [(f"`{flag.name}`", flag.means) for flag in FLAGS.values()]
    return f"""# Filters

A filter selects cards. It is typed after `/` on the board, and given to `--where`:

```sh
orch ls --where 'column=review repo=web'
orch send --all --where 'column=review label=auth' "Rebase on main, then run the tests."
orch stop --where 'state=idle age>2h'
orch finish --where 'pr=merged' --keep
```

A card fits if it satisfies every term. Terms are separated by spaces:

* `FIELD=VALUE` with a field of the table below; `,` separates alternatives: `repo=web,api`.
* `FIELD!=VALUE` is the opposite: `label!=auth` fits cards without that label.
* `FIELD>NUMBER`, and `<`, `>=`, `<=`, where the table says so.
* a word of the second table, such as `needs`.
* any other word: it must be in the id, title, branch, repository, state, reason, labels or run of the card.

`!` or `-` in front of a term negates it: `-label=auth`, `!needs`, `-docs`. Quotes keep spaces and signs in a
value, and make a term plain text: `title="log in"`, `"a=b"`, `"needs"`. Case does not matter. `label=none`
fits cards without labels, `label=any` those with any; so for every field that is not a number.

## Fields

{table(("field", "signs", "what it is", "values", "example"), rows)}
## Words

{table(("word", "the card"), flags)}
## Saved filters

Give filters that you use often a name in your config file (`orch config path`):

```toml
[filters]
"to review" = "column=review repo=web"
waiting = "needs age>30m"
expensive = "cost>5 state=working"
```

On the board `1` to `9` choose the first nine, in this order; `0` or `esc` shows all cards again. *Saved
filter* in the palette lists them, and so does the help (`?`). An error in one of them
is reported with its line.

## Errors

An error names the position and the nearest known name: `no field 'colum' (at 1). Did you mean column?`. The
board shows it above the line, and applies the terms before it meanwhile.
"""


def _signs(field: Field) -> tuple[str, ...]:
    if field.kind == "time":
        return (">", "<", ">=", "<=")
    return ("=", "!=", ">", "<", ">=", "<=") if field.kind in NUMBERS else ("=", "!=")


def _values(field: Field) -> str:
    words = ", ".join(f"`{word}`" for word in field.words)
    if field.kind == "word":
        return f"{'number, `OWNER/NAME#NUMBER`, ' if field.open else ''}{words}"
    return _VALUES[field.kind]
