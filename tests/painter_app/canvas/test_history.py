"""The undo history keeps to its budget and forgets the oldest first."""

from painter_app.canvas.history import History
from shared_folder.annotation import Patch, Piece
from shared_folder.rectangle import Rectangle


def patch(name: int, size: int = 0) -> Patch:
    return Patch((Piece(Rectangle(name, 0, name + 1, 1), bytes(size), b""),))


def test_strokes_come_back_in_reverse_and_go_again_in_order() -> None:
    history, strokes = History(), [patch(1), patch(2), patch(3)]
    for stroke in strokes:
        history.push(stroke)
    assert [history.undo() for _ in range(4)] == [strokes[2], strokes[1], strokes[0], None]
    assert not history.can_undo
    assert [history.redo() for _ in range(4)] == [*strokes, None]
    assert not history.can_redo


def test_a_new_stroke_ends_redo() -> None:
    history = History()
    history.push(patch(1, 1000))
    history.undo()
    history.push(patch(2))
    assert not history.can_redo
    assert history.size == patch(2).size
    assert history.undo() == patch(2)
    assert history.undo() is None


def test_beyond_the_budget_the_oldest_are_forgotten() -> None:
    history = History(budget=5 * patch(0, 1000).size)
    for number in range(20):
        history.push(patch(number, 1000))
        assert history.size <= history.budget
    assert [stroke and stroke.rectangle.top for stroke in (history.undo() for _ in range(6))] == [
        *(19, 18, 17, 16, 15),
        None,
    ]


def test_the_newest_stroke_is_kept_however_large() -> None:
    history = History(budget=100)
    history.push(patch(1, 50))
    history.push(patch(2, 5000))
    assert history.undo() == patch(2, 5000)
    assert not history.can_undo


def test_cleared_history_holds_nothing() -> None:
    history = History()
    history.push(patch(1))
    history.push(patch(2))
    history.undo()
    history.clear()
    assert (history.can_undo, history.can_redo, history.size) == (False, False, 0)
