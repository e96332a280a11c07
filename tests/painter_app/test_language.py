"""The window speaks another language where a catalogue has it, and English where it hasn't."""

from collections.abc import Iterator

import pytest
from PyQt6.QtCore import QLocale, QTranslator
from PyQt6.QtWidgets import QApplication

from painter_app import language
from painter_app.action_table import ACTIONS
from painter_app.language import (
    ENGLISH,
    SYSTEM,
    Catalogue,
    Translator,
    codes,
    number,
    plural,
    read_catalogue,
    sentence,
    speak,
    tr,
)
from painter_app.settings import SettingsFile
from tests.painter_app.conftest import Studio

OWN = Catalogue(
    language="Test",
    texts={"Open": "Auf", "{name} and {other}": "{other} und {name}"},
    sentences={"{0}: is empty.": "{0} ist leer.", "{0}: {1} of {2}": "{2}, {1}, {0}", "No {0} here": "{0}"},
)


@pytest.fixture
def spoken(qapp: QApplication) -> Iterator[QApplication]:
    """What a test installs is gone after it."""
    locale = QLocale()
    yield qapp
    for translator in qapp.findChildren(QTranslator):
        qapp.removeTranslator(translator)
        translator.setParent(None)
    QLocale.setDefault(locale)


def test_what_a_catalogue_lacks_stays_english(spoken: QApplication) -> None:
    spoken.installTranslator(Translator(OWN, spoken))
    assert tr("Open") == "Auf"
    assert tr("Close") == "Close"
    assert tr("{name} and {other}").format(name="a", other="b") == "b und a"


def test_sentences_from_below_are_known_by_their_pattern(spoken: QApplication) -> None:
    assert sentence("a.png: is empty.") == "a.png: is empty."
    spoken.installTranslator(Translator(OWN, spoken))
    assert sentence("a.png: is empty.") == "a.png ist leer."
    assert sentence("a.png: 3 of 4") == "4, 3, a.png"
    assert sentence("Something else.") == "Something else."


def test_a_name_in_braces_is_no_gap(spoken: QApplication) -> None:
    spoken.installTranslator(Translator(OWN, spoken))
    assert sentence("{1}{person.__class__}: is empty.") == "{1}{person.__class__} ist leer."


def test_a_refusal_within_a_refusal_is_translated_too(spoken: QApplication) -> None:
    spoken.installTranslator(Translator(OWN, spoken))
    assert sentence("No b.png: is empty. here") == "b.png ist leer."


def test_what_is_counted_has_one_form_for_one(spoken: QApplication) -> None:
    assert plural(1, "{n} image", "{n} images") == "1 image"
    assert plural(1200, "{n} image", "{n} images") == "1,200 images"
    speak(spoken, "de")
    assert plural(1200, "{n} stroke here", "{n} strokes here") == "1.200 strokes here"
    assert number(0.834, 2) == "0,83"


def test_german_is_spoken_when_it_is_chosen_and_english_needs_nothing(spoken: QApplication) -> None:
    assert "de" in codes()
    speak(spoken, ENGLISH)
    assert not spoken.findChildren(Translator)
    speak(spoken, "de")
    english, german = next(iter(read_catalogue("de").texts.items()))
    assert tr(english) == german
    assert QLocale().language() == QLocale.Language.German


@pytest.mark.parametrize(
    ("wanted", "spoken_code"),
    [(["de-AT", "en-GB"], "de"), (["fr-FR", "de-CH"], "de"), (["en-US", "de-DE"], "en"), (["xx"], "en"), ([], "en")],
)
def test_the_systems_language_is_taken_where_there_is_a_catalogue(
    spoken: QApplication, monkeypatch: pytest.MonkeyPatch, wanted: list[str], spoken_code: str
) -> None:
    class Desktop:
        def uiLanguages(self) -> list[str]:
            return wanted

    monkeypatch.setattr(language.QLocale, "system", Desktop)
    speak(spoken, SYSTEM)
    assert bool(spoken.findChildren(Translator)) == (spoken_code == "de")


def test_a_language_that_there_is_not_is_english(spoken: QApplication) -> None:
    speak(spoken, "xx")
    assert tr("Open") == "Open"


def test_a_language_is_chosen_in_the_view_menu_and_kept(studio: Studio) -> None:
    window = studio.open()
    assert window.actions_by_name["language_system"].isChecked()
    studio.do(window, "language_de")
    assert window.notices.text == "The language changes when Brushloop is opened again."
    assert window.actions_by_name["language_de"].isChecked()
    assert not window.actions_by_name["language_system"].isChecked()
    studio.until(
        lambda: studio.folders.settings.exists() and SettingsFile(studio.folders.settings).now.language == "de"
    )


def test_every_catalogue_can_be_chosen() -> None:
    names = {row.name for row in ACTIONS}
    assert names >= {f"language_{code}" for code in (SYSTEM, *codes())}
