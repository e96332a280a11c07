"""Tiles are made in threads: what is wanted now, each once, and what can't be made holds up nothing."""

import threading

from PyQt6.QtCore import QObject
from pytestqt.qtbot import QtBot

from painter_app.canvas.layers import Key, Layer, Tile
from painter_app.canvas.tile_maker import TileMaker
from shared_folder.refused import Refused


class Slow(Layer):
    """Makes a tile once it may."""

    def __init__(self) -> None:
        super().__init__((4096, 4096), 4)
        self.may = threading.Event()
        self.begun: list[Key] = []
        self.threads: set[threading.Thread] = set()

    def make(self, key: Key) -> Tile:
        self.begun.append(key)
        self.threads.add(threading.current_thread())
        assert self.may.wait(10)
        if key == (0, 0, 3):
            raise Refused("cut off")
        return Tile()


def test_what_is_no_longer_wanted_is_dropped(qtbot: QtBot) -> None:
    parent, layer = QObject(), Slow()
    maker = TileMaker(parent, threads=1)
    made: list[Key] = []
    maker.made.connect(lambda _, key, __: made.append(key))
    maker.want([(layer, (0, 0, column)) for column in range(3)])
    qtbot.waitUntil(lambda: bool(layer.begun))
    maker.want([(layer, (0, 0, 0)), (layer, (0, 5, 5))])
    layer.may.set()
    qtbot.waitUntil(lambda: len(made) == 2)
    assert made == layer.begun == [(0, 0, 0), (0, 5, 5)]
    assert threading.main_thread() not in layer.threads
    maker.want([(layer, (0, 0, 1))])
    qtbot.waitUntil(lambda: made[-1] == (0, 0, 1))


def test_a_tile_that_cant_be_made_stays_blank_and_is_told(qtbot: QtBot) -> None:
    parent, layer = QObject(), Slow()
    layer.may.set()
    maker = TileMaker(parent)
    made: dict[Key, Tile] = {}
    told: list[Exception] = []
    maker.made.connect(lambda _, key, tile: made.update({key: tile}))
    maker.failed.connect(lambda _, error: told.append(error))
    maker.want([(layer, (0, 0, 3)), (layer, (0, 0, 4))])
    qtbot.waitUntil(lambda: len(made) == 2)
    assert made[0, 0, 3].picture is None
    assert [str(each) for each in told] == ["cut off"]
