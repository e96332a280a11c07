"""Every language says all that the window says, and keeps what a text carries besides words."""

import re
from collections import Counter

import pytest

from painter_app.action_table import ACTIONS
from painter_app.language import ENGLISH, codes, read_catalogue
from tests.translatable import sentences, texts

OTHERS = [code for code in codes() if code != ENGLISH]
_GAP = re.compile(r"\{\w*\}")
_MNEMONIC = re.compile(r"(?<!&)&(\w)")
_FIELDS = set("nafow")
"""With Alt they go to the fields above the list of images, in every language."""


@pytest.mark.parametrize("code", OTHERS)
def test_nothing_is_missing_and_nothing_is_left_over(code: str) -> None:
    catalogue = read_catalogue(code)
    assert sorted(texts() ^ catalogue.texts.keys()) == []
    assert sorted(sentences() ^ catalogue.sentences.keys()) == []


@pytest.mark.parametrize("code", OTHERS)
def test_what_is_filled_in_is_the_same(code: str) -> None:
    catalogue = read_catalogue(code)
    for english, own in [*catalogue.texts.items(), *catalogue.sentences.items()]:
        assert own.strip()
        assert Counter(_GAP.findall(own)) == Counter(_GAP.findall(english)), english
        assert own.count("%p") == english.count("%p"), english


@pytest.mark.parametrize("code", OTHERS)
def test_an_ellipsis_a_mnemonic_and_an_ampersand_stay(code: str) -> None:
    for english, own in read_catalogue(code).texts.items():
        assert own.endswith("…") == english.endswith("…"), english
        assert len(_MNEMONIC.findall(own)) == len(_MNEMONIC.findall(english)), english
        assert own.count("&&") == english.count("&&"), english


@pytest.mark.parametrize("code", OTHERS)
def test_a_mnemonic_stands_for_one_thing_in_its_menu(code: str) -> None:
    said = read_catalogue(code).texts
    for menu in {row.menu for row in ACTIONS}:
        letters = [_letter(said[row.text]) for row in ACTIONS if row.menu == menu]
        assert [letter for letter, count in Counter(letters).items() if count > 1] == [], menu
    bar = [_letter(said[f"&{menu}"]) for menu in {row.menu for row in ACTIONS}]
    assert len(set(bar)) == len(bar)
    assert not set(bar) & _FIELDS


@pytest.mark.parametrize("code", OTHERS)
def test_entries_are_sorted_so_that_changes_are_easy_to_see(code: str) -> None:
    catalogue = read_catalogue(code)
    assert list(catalogue.texts) == sorted(catalogue.texts)
    assert list(catalogue.sentences) == sorted(catalogue.sentences)


def _letter(text: str) -> str:
    return _MNEMONIC.findall(text)[0].lower()
