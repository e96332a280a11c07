"""The floors of the house: no room imports what it may not, no import circles, each program without the other's
library."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

REPOSITORY = Path(__file__).parent.parent
ROOMS = ("shared_folder", "painter_app", "trainer")
FORBIDDEN = {
    "shared_folder": {"PyQt6", "torch", "painter_app", "trainer", "pyqtgraph"},
    "painter_app": {"torch", "trainer", "safetensors"},
    "trainer": {"PyQt6", "painter_app", "pyqtgraph"},
}
WITHOUT_QT = (
    "painter_app.masks",
    "painter_app.datasets",
    "painter_app.tools.",
    "painter_app.commands",
    "painter_app.journal",
)

# Lowest first. A module may import from its own floor and from lower ones.
FLOORS = {
    "painter_app": [
        "marking",
        "canvas masks datasets tools journal language settings notices workers task words theme keys",
        "session local_trainer panels dialogs",
        "commands action_table actions status_bar wait_bar project_page",
        "appearance_desk canvas_desk classes_desk contrast_desk hints_desk images_desk keys_desk mask_desk "
        "network_desk project_desk source_desk tools_desk trainer_desk",
        "window",
        "app",
        "demo",
        "__main__",
    ],
    "trainer": [
        "patches augment network network_facts prediction tile_prediction rootpainter_network rootpainter_prediction "
        "rootpainter_models architecture loss decision optimiser "
        "device threads synthetic synthetic_shapes synthetic_textures synthetic_drawing synthetic_camera "
        "synthetic_lines synthetic_blobs synthetic_scenes synthetic_stream stamps log processes",
        "uncertainty probability appearance contradictions calibration",
        "sampling consistency taking_over model_store open_images segmenting tile_pictures invariance",
        "training validating plan",
        "project_view",
        "rootpainter_requests",
        "folder_view newest_model taking_up unannotated peers yielding",
        "learning mask_making inspecting segment_folder pretraining",
        "project_status requested_masks",
        "service",
        "rehearsal",
        "commands",
        "__main__",
    ],
}


def modules() -> dict[str, Path]:
    """Every module of the three rooms by dotted name."""
    found = {}
    for room in ROOMS:
        for path in sorted((REPOSITORY / room).rglob("*.py")):
            parts = path.relative_to(REPOSITORY).with_suffix("").parts
            found[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return found


def imports(path: Path) -> set[str]:
    """Everything that a module imports at its top or inside functions, type-checking imports included."""
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {node.module} | {f"{node.module}.{alias.name}" for alias in node.names}
    return names


MODULES = modules()
GRAPH = {name: {found for found in imports(path) if found in MODULES} - {name} for name, path in MODULES.items()}


@pytest.mark.parametrize("room", ROOMS)
def test_no_room_imports_what_it_may_not(room: str) -> None:
    for name, path in MODULES.items():
        if name.split(".")[0] == room:
            wrong = {found for found in imports(path) if found.split(".")[0] in FORBIDDEN[room]}
            assert not wrong, f"{name} imports {wrong}"


def test_what_has_no_window_imports_no_qt() -> None:
    for name, path in MODULES.items():
        if name.startswith(WITHOUT_QT):
            assert not {found for found in imports(path) if found.startswith("PyQt6")}, name


def test_there_are_no_import_circles() -> None:
    done: set[str] = set()

    def visit(name: str, way: tuple[str, ...]) -> None:
        assert name not in way, " -> ".join([*way[way.index(name) :], name])
        if name not in done:
            for found in sorted(GRAPH[name]):
                visit(found, (*way, name))
            done.add(name)

    for name in GRAPH:
        visit(name, ())


def floor(name: str) -> int | None:
    """The floor of a module, or None for one that stands on no named floor."""
    room, *inner = name.split(".", maxsplit=2)
    floors = {each: number for number, names in enumerate(FLOORS[room]) for each in names.split()}
    return floors.get(inner[0]) if inner else -1


def test_every_module_stands_on_a_floor_and_imports_no_higher_one() -> None:
    for name, found in GRAPH.items():
        if name.split(".")[0] in FLOORS:
            own = floor(name)
            assert own is not None, f"{name} stands on no floor: add it to FLOORS and to ARCHITECTURE.md"
            for other in found:
                theirs = floor(other) if other.split(".")[0] in FLOORS else -1
                assert own >= (theirs or 0), f"{name} (floor {own}) imports {other} (floor {theirs})"


@pytest.mark.parametrize(
    ("program", "blocked"),
    [("painter_app", ("torch", "safetensors")), ("trainer", ("PyQt6",))],
    ids=["window", "trainer"],
)
def test_each_program_starts_without_the_others_library(program: str, blocked: tuple[str, ...]) -> None:
    script = (
        "import runpy, sys\n"
        f"for name in {blocked!r}: sys.modules[name] = None\n"
        f"sys.argv = [{program!r}, '--version']\n"
        f"runpy.run_module({program!r}, run_name='__main__')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=REPOSITORY, capture_output=True, text=True, timeout=60, check=False
    )
    assert done.returncode == 0, done.stderr
