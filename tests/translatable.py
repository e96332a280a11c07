"""What is to be translated: literals given to `tr`, `marked` or `plural`, tables such as that of actions, and
sentences of rooms that know no window.

    python -m tests.translatable de     prints what assets/languages/de.json lacks, and what it has too much
"""

import ast
import re
import sys
from collections.abc import Iterator
from pathlib import Path

from painter_app.action_table import ACTIONS, HELD_AND_MOUSE
from painter_app.datasets.make import STEPS
from painter_app.language import read_catalogue
from shared_folder.channels import COLOURS
from shared_folder.classes import BACKGROUND_CLASS, CANT_TELL_CLASS
from shared_folder.inspection import FAMILIES
from shared_folder.review import ReviewState

REPOSITORY = Path(__file__).parent.parent
WINDOW = "painter_app"
ROOMS = ("painter_app", "shared_folder", "trainer")
"""Whose sentences the window shows."""
COMMAND_LINE = (
    "painter_app/demo",
    "painter_app/datasets/choose.py",
    "painter_app/commands.py",
    "painter_app/__main__.py",
    "trainer/commands",
    "trainer/rehearsal",
    "trainer/device.py",
    "trainer/inspecting.py",
    "trainer/pretraining.py",
    "trainer/segment_folder.py",
)
"""What they say goes to a terminal, in English."""
TELLING = {
    "shared_folder/project.py": ("_newer", "_incomplete", "_led_out"),
    "trainer/network_facts.py": ("in_words",),
}
"""Functions that return a sentence, by their file."""
_KEPT = re.compile(r"refusal|_note\b")
"""Names of what keeps a sentence."""


def texts() -> set[str]:
    """The English of all that the window says."""
    found = {text for row in ACTIONS for text in (f"&{row.menu}", row.text, row.tip)}
    found |= {text for row in HELD_AND_MOUSE for text in row}
    found |= {text for family, does in FAMILIES.items() for text in (family.capitalize(), does)}
    found |= {*STEPS, *COLOURS, *map(str, ReviewState), BACKGROUND_CLASS.name, CANT_TELL_CLASS.name}
    for _, tree in _trees(WINDOW):
        for call in (node for node in ast.walk(tree) if isinstance(node, ast.Call)):
            found |= set(_literals(call))
    return {text for text in found if any(letter.isalpha() for letter in text)}


def sentences() -> set[str]:
    """The English of refusals and their like, with {0}, {1}, ... for what differs."""
    found = set()
    for room in ROOMS:
        for path, tree in _trees(room):
            if path.startswith(COMMAND_LINE):
                continue
            for node in ast.walk(tree):
                found |= {_template(said) for said in _said(node, TELLING.get(path, ()))}
    return {text for text in found if " " in text}


def _literals(call: ast.Call) -> Iterator[str]:
    """What a call wants translated. Raises ValueError for what can't be found by anybody who only reads."""
    name = call.func.id if isinstance(call.func, ast.Name) else ""
    wanted = {"tr": call.args[:1], "marked": call.args[:1], "plural": call.args[1:]}.get(name, [])
    for text in wanted:
        if isinstance(text, ast.Constant) and isinstance(text.value, str):
            yield text.value
        elif name != "tr" or isinstance(text, ast.JoinedStr):
            raise ValueError(f"{ast.unparse(call)}: no literal")


def _said(node: ast.AST, telling: tuple[str, ...]) -> Iterator[ast.expr]:
    """Strings of a refusal, of what is kept as one, and of functions that return one."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "Refused":
        yield from node.args[:1]
    elif isinstance(node, ast.Assign) and any(_KEPT.search(ast.unparse(target)) for target in node.targets):
        yield node.value
    elif isinstance(node, ast.FunctionDef) and node.name in telling:
        yield from (each.value for each in ast.walk(node) if isinstance(each, ast.Return) and each.value is not None)


def _trees(room: str) -> Iterator[tuple[str, ast.Module]]:
    """Every module of a room: its path in the repository, and what it holds."""
    for path in sorted((REPOSITORY / room).rglob("*.py")):
        yield path.relative_to(REPOSITORY).as_posix(), ast.parse(path.read_text(encoding="utf-8"))


def _template(literal: ast.expr) -> str:
    """A literal's text, numbered where something is filled in; nothing for what is no literal."""
    if isinstance(literal, ast.Constant) and isinstance(literal.value, str):
        return literal.value
    if not isinstance(literal, ast.JoinedStr):
        return ""
    parts, gaps = [], 0
    for part in literal.values:
        if isinstance(part, ast.Constant):
            parts.append(str(part.value))
        else:
            parts.append(f"{{{gaps}}}")
            gaps += 1
    return "".join(parts)


def main() -> int:
    catalogue = read_catalogue(sys.argv[1])
    lacking = 0
    for name, wanted, held in (
        ("texts", texts(), catalogue.texts),
        ("sentences", sentences(), catalogue.sentences),
    ):
        for text in sorted(wanted - held.keys()):
            print(f"{name} lacks: {text!r}")
        for text in sorted(held.keys() - wanted):
            print(f"{name} has too much: {text!r}")
        lacking += len(wanted ^ held.keys())
    return int(lacking > 0)


if __name__ == "__main__":
    sys.exit(main())
