"""Notes on images: a short text by one person, plain and in one line. One file for each person."""

import unicodedata

from pydantic import Field, field_validator

from shared_folder.publish import Document

LONGEST_NOTE = 500
"""Characters."""

_TURNS = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
"""Characters that would turn the direction of whatever stands beside the note."""


class Notes(Document):
    """File: <project>/brushloop/notes/<painter id>.json"""

    person: str = ""
    notes: dict[str, str] = Field(default_factory=dict)
    """By image id."""

    @field_validator("person")
    @classmethod
    def _plain_person(cls, person: str) -> str:
        return plain_note(person)

    @field_validator("notes")
    @classmethod
    def _plain(cls, notes: dict[str, str]) -> dict[str, str]:
        clean = {image: plain_note(text) for image, text in notes.items()}
        return {image: text for image, text in clean.items() if text}

    def having(self, image: str, text: str) -> "Notes":
        """The notes with one image's note changed, or without it where the text is empty."""
        others = {each: note for each, note in self.notes.items() if each != image}
        plain = plain_note(text)
        return self.model_copy(update={"notes": {**others, image: plain} if plain else others})


def plain_note(text: str) -> str:
    """One line of at most LONGEST_NOTE characters, without any that control how others are shown."""
    shown = (
        " " if unicodedata.category(each) in ("Cc", "Cs", "Zl", "Zp") else each for each in text if each not in _TURNS
    )
    return " ".join("".join(shown).split())[:LONGEST_NOTE].rstrip()
