"""Which key does what: usual keys, chosen ones, those that can't be chosen, and what the settings say of them."""

import itertools

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtGui import QKeySequence

from painter_app.action_table import ACTIONS
from painter_app.actions import usual_keys
from painter_app.keys import Keys, on_canvas_only, read_keys, spelled, why_not, with_key
from shared_folder.refused import Refused

USUAL = {"undo": ("Z", "Ctrl+Z"), "fit": ("Ctrl+F",), "background": ("W",), "about": ()}
ROWS = "QWERTYUIOP", "ASDFGHJKL;", "ZXCVBNM,./"


def in_force(keys: Keys) -> dict[str, tuple[str, ...]]:
    return {name: keys.of(name) for name in USUAL}


def test_without_a_choice_all_keys_are_the_usual_ones() -> None:
    keys = Keys(USUAL, {})
    assert in_force(keys) == USUAL
    assert keys.chosen == {}
    assert keys.owner("W") == "background"
    assert keys.owner("Q") is None
    assert (keys.shown("undo"), keys.shown("about")) == ("Z", "")


def test_a_new_key_takes_the_place_of_the_first_and_is_taken_from_its_owner() -> None:
    keys = Keys(USUAL, {}).given("undo", "W")
    assert in_force(keys) == USUAL | {"undo": ("W", "Ctrl+Z"), "background": ()}
    assert keys.chosen == {"undo": ("W", "Ctrl+Z")}
    back = keys.given("background", "W")
    assert in_force(back) == USUAL | {"undo": ("Ctrl+Z",)}
    assert in_force(keys.given("undo", "Z")) == USUAL  # its usual key comes back to its owner
    assert Keys(USUAL, {}).given("about", "F2").of("about") == ("F2",)


def test_an_action_may_have_no_key_and_gets_its_own_back() -> None:
    bare = Keys(USUAL, {}).bare("undo")
    assert bare.of("undo") == ()
    assert in_force(bare.reset("undo")) == USUAL
    taken = Keys(USUAL, {}).given("fit", "W").given("about", "Z")
    assert in_force(taken.reset("background")) == USUAL | {"fit": (), "about": ("Z",), "undo": ("Ctrl+Z",)}
    assert in_force(taken.usual()) == USUAL
    assert taken.usual().chosen == {}


def test_what_was_chosen_comes_back_from_the_settings() -> None:
    keys = Keys(USUAL, {}).given("undo", "W").bare("fit")
    assert in_force(read_keys(USUAL, keys.chosen)) == in_force(keys)


def test_a_usual_key_of_an_action_that_came_later_yields_to_a_chosen_one() -> None:
    chosen = read_keys(USUAL, {"fit": ("H",)}).chosen
    newer = read_keys({**USUAL, "flood": ("H",)}, chosen)
    assert (newer.of("fit"), newer.of("flood")) == (("H",), ())
    older = read_keys(USUAL, {"gone": ("X",), "fit": ("X",)})  # an action that this program doesn't know
    assert older.of("fit") == ("X",)


@pytest.mark.parametrize(
    ("chosen", "sentence"),
    [
        ({"undo": ("Foo",)}, "'Foo' of undo is no key"),
        ({"undo": ("Q, W",)}, "is no key"),
        ({"undo": ("",)}, "is no key"),
        ({"undo": ("Space",)}, "can't be chosen, since Space moves the image"),
        ({"undo": ("3",)}, "the number keys choose classes"),
        ({"undo": ("Alt+P",)}, "opens menus"),
        ({"undo": ("K",), "fit": ("k",)}, "K belongs to"),
    ],
)
def test_nonsense_in_the_settings_is_refused_with_a_sentence(chosen, sentence) -> None:
    with pytest.raises(Refused, match=sentence) as refusal:
        read_keys(USUAL, chosen)
    assert "settings.json" in str(refusal.value)
    assert "Change keys" in str(refusal.value)


def test_keys_that_can_be_chosen() -> None:
    for key in ("Q", "Ctrl+Shift+K", "F7", "Alt+Left", "Shift+Q", "0", ";", "Alt+F8", "Ö", "Backspace"):
        assert spelled(key) == key
        assert not why_not(key)


def test_the_usual_keys_are_spelled_right_and_no_two_actions_share_one() -> None:
    usual = usual_keys()
    for keys in usual.values():
        assert [spelled(key) for key in keys] == list(keys)
        assert not any(map(why_not, keys))
    for one, other in itertools.combinations(usual.values(), 2):
        assert not set(one) & set(other)


def test_keys_that_mean_something_in_fields_act_on_the_canvas_alone() -> None:
    assert [key for row in ACTIONS for key in row.keys if on_canvas_only(key)] == ["Return", "Enter"]


def test_the_left_handed_set_lies_on_the_right_and_every_action_keeps_its_keys() -> None:
    usual = Keys(usual_keys(), {})
    left = usual.left_handed()
    for row in ROWS:
        for place, letter in enumerate(row):
            if (owner := usual.owner(letter)) is not None:
                assert left.owner(row[-1 - place]) == owner, letter
    names = usual_keys()
    assert all(bool(usual.of(name)) == bool(left.of(name)) for name in names)
    every = [key for name in names for key in left.of(name)]
    assert len(set(every)) == len(every)
    assert left.shown("undo") == QKeySequence(Qt.Key.Key_Backspace).toString(QKeySequence.SequenceFormat.NativeText)
    assert left.of("save_and_next") == usual.of("save_and_next")
    assert left.of("export") == usual.of("export")
    assert read_keys(names, left.chosen).of("brush_background") == ("O",)
    assert left.usual().chosen == {}


def test_a_sentence_names_the_key_in_force() -> None:
    assert with_key("That is the model's. Paint background.", "O") == "That is the model's. Paint background (O)."
    assert with_key("Paint background.", "") == "Paint background."
