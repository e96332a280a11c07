"""Notes on images in the real window: written by keys, kept by person and image, seen by others as plain text."""

import pytest
from PyQt6.QtCore import Qt
from PyQt6.QtTest import QTest
from PyQt6.QtWidgets import QComboBox, QDialogButtonBox, QLabel

from painter_app.dialogs.note import NoteDialog
from painter_app.panels.image_model import Mark
from painter_app.session.image_filter import Show
from shared_folder.names import image_id
from shared_folder.notes import Notes
from shared_folder.publish import publish_document, read_document
from tests.painter_app.conftest import Studio

NAMES = [f"plant_{number}.png" for number in range(1, 9)]

pytestmark = pytest.mark.qt_log_ignore("This plugin does not support")  # dialogs, offscreen


def write(studio: Studio, window, text: str) -> None:
    """Write a note on the open image with keys alone."""
    window.activateWindow()  # as a desktop does when a dialog closes
    studio.until(window.isActiveWindow)
    QTest.keyClick(window.page.canvas, Qt.Key.Key_F2)
    dialog = window.findChild(NoteDialog)
    studio.until(dialog.field.hasFocus)
    dialog.field.selectAll()
    QTest.keyClick(dialog.field, Qt.Key.Key_Delete)
    QTest.keyClicks(dialog.field, text)
    QTest.keyClick(dialog.field, Qt.Key.Key_Return)
    studio.until(lambda: window.findChild(NoteDialog) is None)


def kept(studio: Studio, window) -> dict[str, str]:
    path = studio.project.folder.notes_of(window.settings.now.painter)
    return read_document(path, Notes).notes if path.exists() else {}


def test_a_note_is_written_shown_and_taken_away_again(studio: Studio) -> None:
    window = studio.open()
    assert not window.page.note.isVisible()
    write(studio, window, "odd <b>light</b>")
    studio.until(lambda: kept(studio, window) == {image_id(NAMES[0]): "odd <b>light</b>"})
    studio.until(window.page.note.isVisible)
    assert window.page.note.text() == "Note: odd <b>light</b>"
    assert window.page.note.textFormat() is Qt.TextFormat.PlainText
    model = window.page.images._model
    assert model.marks(NAMES[0]) == (Mark.NOTE,)
    studio.do(window, "next")
    studio.at(window, NAMES[1])
    assert not window.page.note.isVisible()
    studio.do(window, "previous")
    studio.at(window, NAMES[0])
    write(studio, window, "")
    studio.until(lambda: not window.page.note.isVisible())
    assert kept(studio, window) == {}
    (button,) = window.notices.buttons
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    studio.until(window.page.note.isVisible)
    assert model.marks(NAMES[0]) == (Mark.NOTE,)


def test_the_note_is_there_in_the_next_window_and_can_be_filtered_by(studio: Studio) -> None:
    window = studio.open(NAMES[3])
    write(studio, window, "blurred")
    studio.until(lambda: bool(kept(studio, window)))
    window.close()
    window = studio.open(NAMES[0])
    box = window.page.images.filter.findChildren(QComboBox)[0]
    box.setCurrentIndex(box.findData(Show.NOTED))
    studio.until(lambda: window.page.images._model.rows == (NAMES[3],))
    window.page.images.note_wanted.emit(NAMES[3])
    dialog = window.findChild(NoteDialog)
    assert dialog.field.text() == "blurred"
    cancel = dialog.findChild(QDialogButtonBox).button(QDialogButtonBox.StandardButton.Cancel)
    QTest.mouseClick(cancel, Qt.MouseButton.LeftButton)
    assert kept(studio, window) == {image_id(NAMES[3]): "blurred"}


def test_somebody_elses_note_is_seen_when_it_comes_and_never_written_over(studio: Studio) -> None:
    window = studio.open()
    write(studio, window, "mine")
    studio.until(window.page.note.isVisible)
    bobs = studio.project.folder.notes_of("bob")
    publish_document(bobs, Notes(person="Bob").having(image_id(NAMES[0]), "is it a root?"))
    studio.until(lambda: window.page.note.text() == "Note: mine   Bob: is it a root?")
    studio.do(window, "note")
    dialog = window.findChild(NoteDialog)
    assert dialog.field.text() == "mine"
    assert "Bob: is it a root?" in [label.text() for label in dialog.findChildren(QLabel)]
    dialog.reject()
    studio.until(lambda: window.findChild(NoteDialog) is None)
    write(studio, window, "")
    studio.until(lambda: window.page.note.text() == "Note: Bob: is it a root?")
    assert read_document(bobs, Notes).notes == {image_id(NAMES[0]): "is it a root?"}
    bobs.unlink()
    studio.until(lambda: not window.page.note.isVisible())


def test_what_another_window_of_hers_wrote_stays(studio: Studio) -> None:
    window = studio.open()
    path = studio.project.folder.notes_of(window.settings.now.painter)
    publish_document(path, Notes().having(image_id(NAMES[6]), "from elsewhere"))
    write(studio, window, "here")
    both = {image_id(NAMES[0]): "here", image_id(NAMES[6]): "from elsewhere"}
    studio.until(lambda: kept(studio, window) == both)


def test_a_damaged_file_is_named_and_not_written_over(studio: Studio) -> None:
    window = studio.open()
    path = studio.project.folder.notes_of(window.settings.now.painter)
    path.write_text('{"notes": [1]}')
    write(studio, window, "lost?")
    studio.until(lambda: window.notices.text.startswith("Your note could not be kept."))
    assert path.name in window.notices.text
    assert path.read_text() == '{"notes": [1]}'


def test_a_project_that_must_not_be_written_keeps_no_note(studio: Studio) -> None:
    studio.project.folder.sources.unlink()
    window = studio.open()
    write(studio, window, "no")
    studio.until(lambda: window.notices.text.startswith("Your note could not be kept."))
    assert not studio.project.folder.notes_of(window.settings.now.painter).exists()
