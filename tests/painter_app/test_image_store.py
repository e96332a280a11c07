"""Decoded images, ready before she gets there, within a budget."""

import threading
from types import SimpleNamespace

import pytest

from painter_app.session.image_store import ImageStore
from painter_app.workers import Workers
from shared_folder.refused import Refused


class Decoder:
    """Counts what it decodes; each image takes 3 x 4/3 kilobytes."""

    def __init__(self) -> None:
        self.decoded: list[str] = []
        self.completed: list[str] = []
        self.go_on = threading.Event()
        self.go_on.set()

    def __call__(self, name: str) -> SimpleNamespace:
        self.go_on.wait(5)
        self.decoded.append(name)
        if name == "bad":
            raise Refused("bad: is damaged.")
        return SimpleNamespace(name=name, memory=4000)

    def rest(self, image: SimpleNamespace) -> None:
        self.completed.append(image.name)
        if image.name == "cut off":
            raise MemoryError


@pytest.fixture
def workers(qtbot):
    made = Workers(threads=1)
    yield made
    assert made.close(5)


def test_an_image_is_decoded_once(qtbot, workers) -> None:
    decoder, got = Decoder(), []
    store = ImageStore(workers, decoder, decoder.rest)
    decoder.go_on.clear()
    for _ in range(3):
        store.get("a", got.append, got.append)
    decoder.go_on.set()
    qtbot.waitUntil(lambda: len(got) == 3)
    store.get("a", got.append, got.append)
    assert len(got) == 4  # at once
    assert decoder.decoded == ["a"]


def test_the_next_ones_are_made_ready_as_far_as_the_budget_goes(qtbot, workers) -> None:
    decoder, got = Decoder(), []
    one = Decoder()("x").memory
    store = ImageStore(workers, decoder, decoder.rest, budget=3 * one)
    store.get("a", got.append, got.append)
    store.prefetch(["b", "c", "d", "e"])
    qtbot.waitUntil(lambda: decoder.decoded == ["a", "b", "c"])
    qtbot.waitUntil(lambda: workers.pending == 0)
    qtbot.wait(20)
    assert decoder.decoded == ["a", "b", "c"]
    store.get("d", got.append, got.append)
    qtbot.waitUntil(lambda: len(got) == 2)
    store.get("b", got.append, got.append)
    assert len(got) == 3  # still kept
    store.get("a", got.append, got.append)
    qtbot.waitUntil(lambda: len(got) == 4)
    assert decoder.decoded == ["a", "b", "c", "d", "a"]  # the one unused longest had made room


def test_a_damaged_image_is_refused_to_whoever_asked(qtbot, workers) -> None:
    refused: list[Exception] = []
    decoder = Decoder()
    store = ImageStore(workers, decoder, decoder.rest)
    store.prefetch(["bad", "good"])
    store.get("bad", lambda _: None, refused.append)
    qtbot.waitUntil(lambda: [str(error) for error in refused] == ["bad: is damaged."])


def test_what_a_first_view_does_without_is_decoded_after_it_was_handed_over(qtbot, workers) -> None:
    decoder, got = Decoder(), []
    store = ImageStore(workers, decoder, decoder.rest)
    store.get("a", lambda image: got.append((image.name, list(decoder.completed))), got.append)
    store.prefetch(["b"])
    qtbot.waitUntil(lambda: decoder.completed == ["a", "b"])
    assert got == [("a", [])]
    assert decoder.decoded == ["a", "b"]


def test_the_next_ones_are_made_ready_though_the_rest_of_one_cant_be_decoded(qtbot, workers) -> None:
    decoder, got = Decoder(), []
    store = ImageStore(workers, decoder, decoder.rest)
    store.get("cut off", got.append, got.append)
    store.prefetch(["b"])
    qtbot.waitUntil(lambda: decoder.completed == ["cut off", "b"])
