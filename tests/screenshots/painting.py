"""Strokes and tools, on the sample project and on one of several classes."""

import numpy as np
from PyQt6.QtCore import QPoint
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QApplication

from painter_app.demo.hand import Hand
from painter_app.dialogs.classes import ClassesDialog
from shared_folder.classes import BACKGROUND
from shared_folder.simulated_user import SimulatedUser
from tests.screenshots import other_projects
from tests.screenshots import sample_project as sample
from tests.screenshots.stage import PAINTER, Stage


def annotating(stage: Stage) -> None:
    """An image in the middle of being corrected, in light and in dark."""
    project = sample.make_sample(stage.shared)
    sample.write_masks(project)
    sample.write_annotations(project)
    stage.open(project, sample.write_states(project, PAINTER))
    _correct(stage)
    stage.keep("annotating-light")
    stage.do("theme_dark")
    stage.keep("annotating-dark")
    stage.do("theme_light")


def snap(stage: Stage) -> None:
    """A stroke that follows a root between the press and the pointer."""
    canvas = stage.window.page.canvas
    name = stage.window.session.image_name
    points = sample.along_the_longest_root(name)
    stage.do("tool_snap")
    stage.window.canvas_desk.choose_class(0)
    middle = points[len(points) // 2]
    canvas.show_middle(2.4, *middle)
    stage.rest()
    # A hand that is near the root, not on it.
    near = [(row + 5 * np.sin(index / 9), column + 5) for index, (row, column) in enumerate(points)]
    canvas.brush_diameter = 7.0
    stage.press([points[0], *near[8::8]])
    QTest.qWait(400)  # the way is found in a worker, and again as the pointer moves
    stage.keep("snap")
    stage.release(near[-1])
    canvas.brush_diameter = 14.0
    _take_back(stage)


def lasso(stage: Stage) -> None:
    """Soil that the mask takes for root, drawn around with the background's brush."""
    canvas = stage.window.page.canvas
    top, left, bottom, right = sample.second_excess(stage.window.session.image_name)
    middle = ((top + bottom) / 2, (left + right) / 2)
    canvas.show_middle(2.0, *middle)
    stage.do("tool_lasso", "brush_background")
    stage.rest()
    turns = np.linspace(0, 1.8 * np.pi, 60)
    height, width = (bottom - top) / 2 + 7, (right - left) / 2 + 7
    stage.press([(middle[0] - height * np.cos(turn), middle[1] + width * np.sin(turn)) for turn in turns])
    stage.keep("lasso")
    stage.release((middle[0] - height, middle[1]))
    _take_back(stage)


def fill_by_colour(stage: Stage) -> None:
    """What is coloured alike around a click, before the button is let go."""
    canvas = stage.window.page.canvas
    row, column = sample.widest_missed(stage.window.session.image_name)
    stage.do("tool_fill")
    stage.window.canvas_desk.choose_class(0)
    canvas.show_middle(1.6, row, column)
    stage.rest()
    stage.press([(row, column), (row, column + 4), (row, column + 8)])
    QTest.qWait(400)  # it is found in a worker
    stage.keep("fill-by-colour")
    stage.release((row, column + 8))
    _take_back(stage)


def several_classes(stage: Stage) -> None:
    """A project of three classes, and the dialog that changes them."""
    project = other_projects.make_classes(stage.shared)
    stage.open(project, project.images[0])
    stage.window.canvas_desk.choose_class(1)
    stage.keep("several-classes")
    stage.do("classes")
    stage.keep_dialog(stage.dialog(ClassesDialog), "classes")


def _take_back(stage: Stage) -> None:
    """The picture is taken; the next one is of the image as it was."""
    QTest.qWait(500)  # an area is filled in a worker
    stage.do("undo", "fit", "tool_brush")
    stage.rest()


def _correct(stage: Stage) -> None:
    """Paint some corrections, as a person would be in the middle of."""
    window, canvas = stage.window, stage.window.page.canvas

    def choose(class_id: int) -> None:
        if class_id == BACKGROUND:
            stage.do("brush_background")
        else:
            window.canvas_desk.choose_class(0)

    hand = Hand(canvas, choose, lambda diameter: setattr(canvas, "brush_diameter", diameter))
    mask = window.session.mask.shown
    assert mask is not None
    strokes = SimulatedUser(seed=2).corrections(sample.truth_of(window.session.image_name), mask.labels.to_array())
    largest = sorted(strokes, key=lambda stroke: stroke.area)[-12:]
    for stroke in sorted(largest, key=lambda stroke: stroke.class_id):
        for _ in hand.paint(stroke):
            QApplication.processEvents()
    canvas.fit()
    canvas.brush_diameter = 14.0
    window.canvas_desk.choose_class(0)
    # The pointer rests on the canvas, so that its circle shows.
    middle = canvas.rect().center()
    QTest.mouseMove(canvas, middle - QPoint(90, 60))
    QTest.mouseMove(canvas, middle - QPoint(94, 60))
