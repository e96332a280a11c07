"""Tiles are made in threads: what is wanted now, each once, and what can't be made holds up nothing."""

import threading

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
    layer, maker = Slow(), TileMaker(threads=1)
    made: list[Key] = []

    def collected(count: int) -> bool:
        made.extend(key for (_, key), _ in maker.collect())
        return len(made) == count

    maker.want([(layer, (0, 0, column)) for column in range(3)])
    qtbot.waitUntil(lambda: bool(layer.begun))
    assert not maker.idle
    maker.want([(layer, (0, 0, 0)), (layer, (0, 5, 5))])
    layer.may.set()
    qtbot.waitUntil(lambda: collected(2))
    assert made == layer.begun == [(0, 0, 0), (0, 5, 5)]
    assert maker.idle
    assert threading.main_thread() not in layer.threads
    maker.want([(layer, (0, 0, 1))])
    qtbot.waitUntil(lambda: collected(3))
    assert made[-1] == (0, 0, 1)


def test_a_tile_that_cant_be_made_is_told_and_the_others_are_made(qtbot: QtBot) -> None:
    layer, maker = Slow(), TileMaker()
    layer.may.set()
    maker.want([(layer, (0, 0, 3)), (layer, (0, 0, 4))])
    made: dict[Key, object] = {}

    def collected() -> bool:
        made.update({key: tile for (_, key), tile in maker.collect()})
        return len(made) == 2

    qtbot.waitUntil(collected)
    assert str(made[0, 0, 3]) == "cut off"
    assert isinstance(made[0, 0, 4], Tile)
