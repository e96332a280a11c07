"""The canvas's desk: wires brushes, layers, zoom and undo with the canvas."""

from collections.abc import Callable, Mapping
from functools import partial

from PyQt6.QtCore import QObject, pyqtSignal
from PyQt6.QtGui import QAction

from painter_app.actions import show_checked
from painter_app.canvas.brush import Brush, Line
from painter_app.canvas.fill_tools import ByColour, Lasso, Region, Right
from painter_app.canvas.layer_stack import LAYERS
from painter_app.canvas.snap import Snap
from painter_app.canvas.tools import Tool
from painter_app.keys import Keys
from painter_app.panels.brushes import ALWAYS
from painter_app.project_page import ProjectPage
from painter_app.session.session import Session
from painter_app.settings import ViewChosen
from painter_app.words import class_name
from shared_folder.annotation import Patch
from shared_folder.classes import BACKGROUND, BACKGROUND_CLASS, CANT_TELL, CANT_TELL_CLASS, UNKNOWN, LabelClass
from shared_folder.fills import RightFill, WholeFill, corners
from shared_folder.merging import UNMERGED, merge_table, remaining

TOOLS: dict[str, Callable[[int], Tool]] = {
    "brush": Brush,
    "line": Line,
    "snap": Snap,
    "lasso": Lasso,
    "region": Region,
    "fill": ByColour,
    "right": Right,
}
"""By the names of their actions."""
_BRUSHES = {BACKGROUND: "brush_background", CANT_TELL: "brush_unsure", UNKNOWN: "brush_eraser"}
"""Actions by the label that they take up."""
_SIZE_STEP = 1.2
_ZOOM_STEP = 1.25


class CanvasDesk(QObject):
    """Everything that the user does on the canvas but opening and saving."""

    label_chosen = pyqtSignal(int)
    """Another brush is in hand."""

    def __init__(self, page: ProjectPage, session: Session) -> None:
        super().__init__()
        self._page = page
        self._brushwork = session.brushwork
        self._uncertainty = session.maps.uncertainty
        self._classes: tuple[LabelClass, ...] = ()
        self._counts_as = UNMERGED
        self._actions: Mapping[str, QAction] = {}
        self._tool = "brush"
        self._label = UNKNOWN
        self._view: ViewChosen | None = None  # from before a restart
        self._keys: Keys | None = None  # until the actions have theirs
        canvas = page.canvas
        page.brushes.brush_chosen.connect(self.choose_brush)
        page.brushes.diameter_changed.connect(self._set_diameter)
        canvas.brush_size_changed.connect(page.brushes.set_diameter)
        page.brushes.pressure_chosen.connect(self._set_pressure)
        canvas.pen_seen.connect(page.brushes.show_pen)
        page.layers.visibility_changed.connect(self.show_layer)
        page.layers.opacity_changed.connect(canvas.set_layer_opacity)
        for name in LAYERS:
            page.layers.set_opacity(name, canvas.layer_opacity(name))
        canvas.stroke_started.connect(session.brushwork.begin_stroke)
        canvas.stroke_finished.connect(self._record)
        canvas.fill_wanted.connect(session.brushwork.fill)
        session.brushwork.leaving.connect(canvas.finish_stroke)
        session.brushwork.stroke_proposed.connect(canvas.lay)

    def connect_actions(self, actions: Mapping[str, QAction]) -> None:
        """Actions that show a layer's state; they are made after this."""
        self._actions = actions
        self._page.brushes.add_tools([actions[f"tool_{name}"] for name in TOOLS])
        self.choose_tool(self._tool)
        for name in LAYERS:
            show_checked(actions[f"toggle_{name}"], self._page.canvas.layer_visible(name))
        self.show_undo()

    def slots(self) -> dict[str, Callable[..., object]]:
        canvas = self._page.canvas
        return {
            "undo": self.undo,
            "redo": self.redo,
            "nothing_here": partial(self._brushwork.fill, WholeFill(BACKGROUND)),
            "right_in_view": self._right_in_view,
            "pick_class": self._pick_class,
            **{f"tool_{name}": partial(self.choose_tool, name) for name in TOOLS},
            "brush_first": partial(self.choose_class, 0),
            **{action: partial(self.choose_brush, label) for label, action in _BRUSHES.items()},
            "brush_larger": partial(self._scale_brush, _SIZE_STEP),
            "brush_smaller": partial(self._scale_brush, 1 / _SIZE_STEP),
            "fit": canvas.fit,
            "actual_size": canvas.actual_size,
            "zoom_in": partial(canvas.zoom_by, _ZOOM_STEP),
            "zoom_out": partial(canvas.zoom_by, 1 / _ZOOM_STEP),
            "toggle_mask": partial(self.show_layer, "mask"),
            "toggle_uncertainty": partial(self.show_layer, "uncertainty"),
            "toggle_annotation": partial(self.show_layer, "annotation"),
            "toggle_image": partial(self.show_layer, "image"),
        }

    def set_classes(self, classes: tuple[LabelClass, ...]) -> None:
        """Another project's classes; its first is in hand."""
        self._show_classes(classes)
        self.choose_class(0)

    def follow_classes(self, classes: tuple[LabelClass, ...]) -> None:
        """The same project's classes were changed. What is in hand stays, or is what it was merged into."""
        self._show_classes(classes)
        label = int(self._counts_as[self._label])
        known = {each.id for each in (*self._classes, *ALWAYS)}
        self.choose_brush(label if label in known else self._classes[0].id)

    def _show_classes(self, classes: tuple[LabelClass, ...]) -> None:
        self._classes, self._counts_as = remaining(classes), merge_table(classes)
        self._page.canvas.set_classes(list(classes))
        self._page.brushes.set_classes(list(classes))
        self._show_brush_keys()

    def set_keys(self, keys: Keys) -> None:
        """Name the keys in force in the panels."""
        self._keys = keys
        self._show_brush_keys()
        layers = {name: keys.shown(f"toggle_{name}") for name in LAYERS}
        views = {name: keys.shown(f"toggle_{name}") for name in ("outline", "probability", "corrected")}
        self._page.layers.set_keys(layers | views)

    def _show_brush_keys(self) -> None:
        if self._keys is None:
            return
        brushes = {label: self._keys.shown(action) for label, action in _BRUSHES.items()}
        if len(self._classes) == 1:  # several are chosen by their numbers
            brushes[self._classes[0].id] = self._keys.shown("brush_first")
        smaller, larger = self._keys.shown("brush_smaller"), self._keys.shown("brush_larger")
        self._page.brushes.set_keys(brushes, smaller, larger)

    def choose_class(self, index: int) -> None:
        if index < len(self._classes):
            self.choose_brush(self._classes[index].id)

    def choose_brush(self, label: int) -> None:
        self._label = label
        self._page.canvas.set_tool(TOOLS[self._tool](label))
        self._page.brushes.set_current(label)
        self.label_chosen.emit(label)

    def choose_tool(self, name: str, _chosen: bool = True) -> None:
        """name: one of TOOLS. One is always chosen: to choose it again changes nothing."""
        self._tool = name
        for each in TOOLS:
            self._check(f"tool_{each}", each == name)
        self.choose_brush(self._label)

    def _right_in_view(self) -> None:
        """What is in view of the mask is right."""
        seen = self._page.canvas.visible_rectangle()
        if not seen.empty:
            self._brushwork.fill(RightFill(corners(seen)))

    def _pick_class(self) -> None:
        """Take the brush of what is under the pointer."""
        label = self._page.canvas.label_under_pointer()
        if label is not None:
            self.choose_brush(int(self._counts_as[label]))

    def name_of(self, label: int) -> str:
        """The name in the project that is open of what a label counts as."""
        known = {each.id: class_name(each) for each in (*self._classes, BACKGROUND_CLASS, CANT_TELL_CLASS)}
        return known.get(int(self._counts_as[label]), "")

    def show_layer(self, name: str, shown: bool) -> None:
        self._page.canvas.set_layer_visible(name, shown)
        self._page.layers.set_shown(name, shown)
        self._check(f"toggle_{name}", shown)
        if name == "uncertainty":
            self._uncertainty.want(shown)  # read only when it is seen

    def view(self) -> ViewChosen | None:
        """What she sees of the open image, to be seen again after a restart; None for all of it."""
        painting, seen = self._brushwork.painting, self._page.canvas.viewport
        if painting is None or seen.fitted:
            return None
        return ViewChosen(image=painting.name, zoom=seen.zoom, row=seen.middle[0], column=seen.middle[1])

    def show_once(self, view: ViewChosen | None) -> None:
        """Take up what was seen before a restart, if that image is the first that is opened."""
        self._view = view

    def image_shown(self, name: str) -> None:
        """Another image is on the canvas."""
        view, self._view = self._view, None
        if view is not None and view.image == name:
            self._page.canvas.show_middle(view.zoom, view.row, view.column)

    def undo(self) -> None:
        patch = self._page.canvas.undo()
        if patch is not None:
            self._brushwork.undone(patch)
        self.show_undo()

    def redo(self) -> None:
        patch = self._page.canvas.redo()
        if patch is not None:
            self._brushwork.redone(patch)
        self.show_undo()

    def show_undo(self) -> None:
        """Undo and redo can be chosen where there is something to undo or redo."""
        if self._actions:
            self._actions["undo"].setEnabled(self._page.canvas.can_undo)
            self._actions["redo"].setEnabled(self._page.canvas.can_redo)

    def _record(self, stroke: Patch) -> None:
        self._brushwork.record(stroke)
        self.show_undo()

    def _scale_brush(self, factor: float) -> None:
        # At least a pixel, so that a small brush changes too.
        diameter = self._page.canvas.brush_diameter
        step = max(1.0, abs(diameter * factor - diameter))
        self._set_diameter(diameter + (step if factor > 1 else -step))

    def _set_diameter(self, diameter: float) -> None:
        self._page.canvas.brush_diameter = diameter

    def _set_pressure(self, sizes: bool) -> None:
        self._page.canvas.pressure_sizes_brush = sizes

    def _check(self, action: str, checked: bool) -> None:
        if action in self._actions:
            show_checked(self._actions[action], checked)
