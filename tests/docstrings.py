"""Which public functions say nothing about themselves.

A function counts as documented when somebody who looks it up finds words: its own docstring; that of the
same method in a class that its class inherits from, or names in backticks in its docstring (a protocol);
the help of the action that it carries out; or the manual of the library that calls it.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass, field

from orchestrator.actions import ACTIONS
from tests.guard import CHECKOUT

_ROOMS = ("orchestrator", "widgets")
_HOOKS = {
    "textual": "compose render check_action check_consume_key get_default_screen discover search",
    "click": "list_commands get_command resolve_command format_commands format_options make_context "
    "collect_usage_pieces show",
    "asyncio": "connection_made connection_lost",
    "logging": "format filter",
    "pydantic": "get_field_value",
    "uvicorn": "capture_signals",
}
"""By library, methods that it defines, documents and calls: in classes that inherit from others than ours."""
_TEXTUAL_PREFIXES = ("on_", "watch_", "action_")

_ACTIONS = {action.id for action in ACTIONS}
_ACTION_METHODS = {
    name.replace(".", "_") for id_ in _ACTIONS for name in (id_, id_.partition(".")[2]) if name
}

_Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True, slots=True)
class _Class:
    node: ast.ClassDef
    module: str
    imported: dict[str, str]
    """The modules of the names that its own module imports."""

    @property
    def documentation(self) -> str:
        return ast.get_docstring(self.node) or ""

    def documents(self, name: str) -> bool:
        return any(each.name == name and ast.get_docstring(each) for each in _functions(self.node))


@dataclass(frozen=True, slots=True)
class _Code:
    """All classes, by their names: two rooms may have one of the same name."""

    classes: dict[str, list[_Class]] = field(default_factory=dict)

    def parents(self, of: _Class) -> tuple[list[_Class], bool]:
        """The classes of ours that it inherits from, at any distance, and whether there are others."""
        found: list[_Class] = []
        outside = False
        for base in of.node.bases:
            name = ast.unparse(base.value if isinstance(base, ast.Subscript) else base)
            module = of.imported.get(name, of.module)
            named = [each for each in self.classes.get(name, ()) if module.startswith(_ROOMS)]
            exactly = [each for each in named if each.module == module]
            outside |= not named
            for parent in exactly or named:
                above, others = self.parents(parent)
                found += [parent, *above]
                outside |= others
        return found, outside

    def named(self, documentation: str) -> Iterator[_Class]:
        """The classes that stand in backticks there."""
        return (each for name in self.classes if f"`{name}`" in documentation for each in self.classes[name])


def undocumented() -> tuple[int, dict[str, list[str]]]:
    """How many public functions there are, and by room (folder) those without a word, as `file:line name`."""
    paths = [path for room in _ROOMS for path in sorted((CHECKOUT / room).rglob("*.py"))]
    trees = {path.relative_to(CHECKOUT): ast.parse(path.read_text()) for path in paths}
    code, total, missing = _Code(), 0, dict[str, list[str]]()
    owners: dict[ast.ClassDef, _Class] = {}
    for path, tree in trees.items():
        module = ".".join(path.with_suffix("").parts)
        imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
        imported = {each.asname or each.name: node.module or "" for node in imports for each in node.names}
        for node in ast.walk(tree):
            if isinstance(node, ast.ClassDef):
                owners[node] = _Class(node, module, imported)
                code.classes.setdefault(node.name, []).append(owners[node])
    for path, tree in trees.items():
        for owner, function in _public(tree):
            total += 1
            if not _is_documented(owners.get(owner) if owner else None, function, code):
                missing.setdefault(str(path.parent), []).append(f"{path}:{function.lineno} {function.name}")
    return total, missing


def _public(node: ast.Module | ast.ClassDef) -> Iterator[tuple[ast.ClassDef | None, _Function]]:
    owner = node if isinstance(node, ast.ClassDef) else None
    yield from ((owner, function) for function in _functions(node) if not function.name.startswith("_"))
    for inner in node.body:
        if isinstance(inner, ast.ClassDef) and not inner.name.startswith("_"):
            yield from _public(inner)


def _functions(node: ast.Module | ast.ClassDef) -> Iterator[_Function]:
    return (child for child in node.body if isinstance(child, _Function))


def _is_documented(owner: _Class | None, function: _Function, code: _Code) -> bool:
    if ast.get_docstring(function) or _is_verb(function):
        return True
    if owner is None:
        return False
    name = function.name
    if "`Action`" in owner.documentation and name.rstrip("_") in _ACTION_METHODS:
        return True
    inherited, outside = code.parents(owner)
    if any(each.documents(name) for each in (*inherited, *code.named(owner.documentation))):
        return True
    hooks = {hook for hooks in _HOOKS.values() for hook in hooks.split()}
    return outside and (name in hooks or name.startswith(_TEXTUAL_PREFIXES))


def _is_verb(function: _Function) -> bool:
    """A command of the command line: its help is the action's."""
    calls = (each for each in function.decorator_list if isinstance(each, ast.Call))
    return any(
        ast.unparse(each.func) == "verb" and ast.literal_eval(each.args[0]) in _ACTIONS for each in calls
    )
