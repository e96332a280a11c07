import pytest
from PyQt6.QtCore import QObject

from painter_app.datasets.make import Cancelled
from painter_app.task import Task


def test_reports_are_thinned_but_the_last_one_always_comes(qtbot):
    parent = QObject()
    task = Task(parent)
    heard: list[tuple] = []
    task.progressed.connect(lambda *args: heard.append(args))
    for done in range(10_001):
        task.report("Copying", done, 10_000)
    assert len(heard) < 1000
    assert heard[-1] == ("Copying", 10_000, 10_000)


def test_a_stopped_task_ends_its_work_at_the_next_report(qtbot):
    parent = QObject()
    task = Task(parent)
    task.stop()
    with pytest.raises(Cancelled):
        task.report("Copying", 1, 2)
