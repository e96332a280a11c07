"""The watch calls when something may have changed, with native events and without."""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from watchdog.observers.api import BaseObserver

from shared_folder import watch as module
from shared_folder.publish import publish
from shared_folder.watch import FolderWatch


@pytest.fixture(params=[True, False], ids=["native", "rescan"])
def watch_and_call(request: pytest.FixtureRequest) -> Iterator[tuple[FolderWatch, threading.Event]]:
    called = threading.Event()
    watch = FolderWatch(called.set, native=request.param)
    yield watch, called
    watch.close()


def test_a_file_renamed_into_place_is_noticed(tmp_path: Path, watch_and_call) -> None:
    watch, called = watch_and_call
    watch.watch([tmp_path])
    publish(tmp_path / "mask.png", b"whole")
    assert called.wait(10)


def test_an_awaited_file_that_is_written_in_place_is_noticed(tmp_path: Path, watch_and_call) -> None:
    watch, called = watch_and_call
    path = tmp_path / "mask.png"
    path.write_bytes(b"half")
    watch.await_files([path])
    path.write_bytes(b"the whole of it")
    assert called.wait(10)


def test_a_folder_that_comes_later_is_noticed_and_then_watched(tmp_path: Path, watch_and_call) -> None:
    watch, called = watch_and_call
    folder = tmp_path / "later"
    watch.watch([folder])
    folder.mkdir()
    assert called.wait(10)
    called.clear()
    publish(folder / "mask.png", b"whole")
    assert called.wait(10)


def test_a_draft_alone_wakes_nobody_at_once(tmp_path: Path) -> None:
    called = threading.Event()
    watch = FolderWatch(called.set)
    watch.watch([tmp_path])
    (tmp_path / ".mask.png.abcd.part").write_bytes(b"half")
    woken = called.wait(0.3)  # before the rescan, which can't tell
    watch.close()
    assert not woken


def test_nothing_is_called_after_closing(tmp_path: Path) -> None:
    called = threading.Event()
    watch = FolderWatch(called.set)
    watch.watch([tmp_path])
    watch.close()
    called.clear()
    publish(tmp_path / "mask.png", b"whole")
    assert not called.wait(0.2)


def test_a_folder_that_takes_anothers_place_is_watched_natively_too(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "RESCAN_SECONDS", 60.0)
    called = threading.Event()
    folder = tmp_path / "train"
    folder.mkdir()
    watch = FolderWatch(called.set)
    watch.watch([folder])
    folder.rename(tmp_path / "former")
    folder.mkdir()
    watch.watch([folder])
    called.clear()
    publish(folder / "a.png", b"whole")
    noticed = called.wait(10)
    watch.close()
    assert noticed


def test_a_second_change_that_leaves_the_same_time_is_looked_for(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "RESCAN_SECONDS", 0.02)
    monkeypatch.setattr(module, "SETTLING_SECONDS", 0.1)
    monkeypatch.setattr(module, "_look", lambda _path: (1, 1, 1))  # a clock too coarse to show any change
    called = threading.Event()
    watch = FolderWatch(called.set, native=False)
    watch.watch([tmp_path])
    looked_again = called.wait(10)
    called.clear()
    for_ever = called.wait(0.3)
    watch.close()
    assert looked_again
    assert not for_ever


def test_watching_the_same_folders_again_costs_no_new_watches(tmp_path: Path, monkeypatch) -> None:
    scheduled = []
    schedule = BaseObserver.schedule

    def counted(observer: BaseObserver, handler, path: str, **options):
        scheduled.append(path)
        return schedule(observer, handler, path, **options)

    monkeypatch.setattr(BaseObserver, "schedule", counted)
    watch = FolderWatch(lambda: None)
    for _ in range(5):
        watch.watch([tmp_path])
    watch.close()
    assert scheduled == [str(tmp_path)]
