"""Corrective metrics: RootPainter's columns, with values known by hand."""

import csv
import math
import os
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QLabel, QSpinBox

from painter_app.__main__ import main
from painter_app.dialogs.metrics import MetricsDialog
from painter_app.masks.metrics import COLUMNS, measure_corrections, rolling_mean
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import open_project
from shared_folder.segmentation import Segmentation, write_segmentation
from tests.painter_app.conftest import SHAPE, Studio
from tests.painter_app.test_rootpainters_project import theirs  # noqa: F401 (a fixture)


def test_a_project_of_rootpainters_is_measured(theirs: Studio) -> None:  # noqa: F811
    """The mask finds rows and columns 5 to 50; the first annotation adds 10 to 60 and takes nothing away."""
    project = theirs.project
    log = "2024-05-02 10:00:00.0,1714636800.0,mouse_press,fname:plot_1.png\n"
    project.folder.client_log.write_text(log + log.replace("800.0,mouse_press", "807.0,mouse_release"))
    mask = project.segmentation_path("plot_1.png")
    os.utime(mask, (1700000100, 1700000100))
    project.folder.rootpainter_models.joinpath("000002_1700000200.pkl").write_bytes(b"later")
    report = measure_corrections(project, lambda *_: None)
    assert [metrics.file_name for metrics in report.images] == ["plot_1.png", "plot_2.png", "plot_3.png"]
    first = report.images[0]
    found, true = 45 * 45, 45 * 45 + 50 * 50 - 40 * 40
    assert (first.tp, first.fp, first.fn) == (found, 0, true - found)
    assert first.tp + first.fp + first.fn + first.tn == SHAPE[0] * SHAPE[1]
    assert (first.annot_fg, first.annot_bg) == (50 * 50, 50 * 100)
    assert first.f1 == pytest.approx(2 * found / (found + true))
    assert (first.area_true, first.area_pred, first.area_error) == (true, found, found - true)
    assert first.model_name == "000001_1700000000"
    assert (first.annot_duration_s, first.clicks) == (7.0, 1)


def test_an_image_before_the_last_annotated_one_had_nothing_to_correct(theirs: Studio) -> None:  # noqa: F811
    (theirs.project.folder.train / "plot_2.png").unlink()
    report = measure_corrections(open_project(theirs.project.folder.root), lambda *_: None)
    assert [metrics.file_name for metrics in report.images] == ["plot_1.png", "plot_2.png", "plot_3.png"]
    assert report.images[1].f1 == 1


def test_without_a_true_positive_there_is_no_number(studio: Studio, tmp_path: Path) -> None:
    nothing = np.ones(SHAPE, np.uint8)
    write_segmentation(
        studio.project.shown_path("plant_2.png"),
        Segmentation(Labels.from_array(nothing), "m"),
        studio.project.classes,
    )
    painted = np.zeros((*SHAPE, 4), np.uint8)
    painted[:10] = (255, 0, 0, 180)
    studio.project.folder.train.mkdir(parents=True, exist_ok=True)
    Image.fromarray(painted).save(studio.project.folder.train / "plant_2.png")
    (studio.project.folder.train / "plant_3.png").write_bytes(b"half")
    studio.give_mask("plant_3.png")
    assert main(["metrics", str(studio.project.folder.root), "--to", str(tmp_path / "m.csv")]) == 1
    with (tmp_path / "m.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert tuple(rows[0]) == COLUMNS
    assert [row["file_name"] for row in rows] == ["plant_2.png"]
    assert (rows[0]["f1"], rows[0]["fn"], rows[0]["model_name"]) == ("nan", str(10 * SHAPE[1]), "m")


def test_the_rolling_mean_passes_what_is_no_number() -> None:
    means = rolling_mean([1.0, math.nan, 0.0, 0.5], 2)
    assert means == [1.0, 1.0, 0.0, 0.25]


@pytest.mark.qt_log_ignore("This plugin does not support")
def test_a_click_on_a_point_goes_to_its_image(theirs: Studio, shared: SharedFolder) -> None:  # noqa: F811
    window = theirs.open()
    theirs.do(window, "metrics")
    dialog = window.findChild(MetricsDialog)
    theirs.until(lambda: any("3 corrected images" in label.text() for label in dialog.findChildren(QLabel)))
    first = next(box for box in dialog.findChildren(QSpinBox) if box.value() == 6)
    assert dialog._plot._names == []  # all before the sixth are examples
    first.setValue(2)
    assert dialog._plot._names == ["plot_2.png", "plot_3.png"]
    QTest.mouseClick(dialog._plot, Qt.MouseButton.LeftButton, pos=dialog._plot.place_of(0).toPoint())
    theirs.at(window, "plot_2.png")
    dialog.grab()
    dialog.close()
