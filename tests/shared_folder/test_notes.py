import pytest

from shared_folder.notes import LONGEST_NOTE, Notes, plain_note
from shared_folder.publish import publish_document, read_document


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("  two \n lines\t", "two lines"),
        ("a\x00b\x1b[31mc", "a b [31mc"),
        ("from \u202eright to left", "from right to left"),
        ("<b>bold</b> & such", "<b>bold</b> & such"),
        ("x" * 600, "x" * LONGEST_NOTE),
        (" \n ", ""),
    ],
)
def test_a_note_is_one_plain_line(text: str, plain: str) -> None:
    assert plain_note(text) == plain


def test_notes_come_back_and_an_empty_one_takes_it_away(tmp_path) -> None:
    notes = Notes(person="Ada").having("a", "odd\nlight").having("b", "blurred")
    publish_document(tmp_path / "ada.json", notes)
    back = read_document(tmp_path / "ada.json", Notes)
    assert back == notes
    assert back.notes == {"a": "odd light", "b": "blurred"}
    assert back.having("a", "  ").notes == {"b": "blurred"}


def test_what_another_program_wrote_is_made_plain_too(tmp_path) -> None:
    path = tmp_path / "bob.json"
    path.write_text('{"person": "B\\nob", "colour": 3, "notes": {"a": "two\\nlines", "b": " "}}')
    assert read_document(path, Notes) == Notes(person="B ob", notes={"a": "two lines"})
