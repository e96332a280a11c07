"""Numbers, times, classes and places in sentences of the window, and text that stays text."""

import html

from painter_app.language import figure, number, tr
from painter_app.marking import marked
from shared_folder.classes import BACKGROUND_CLASS, CANT_TELL_CLASS, LabelClass
from shared_folder.project import Source

_SCALES = {
    0.5: marked("at half their size"),
    1.0: marked("as they are"),
    2.0: marked("at twice their size"),
}
_PLACES = {
    "page": marked("page {n}"),
    "series": marked("series {n}"),
    "time": marked("time {n}"),
    "slice": marked("slice {n}"),
}


def duration(seconds: float) -> str:
    """ "40 s", "12 min", "3 h 05 min"."""
    if seconds < 60:
        return tr("{n} s").format(n=number(seconds))
    minutes = round(seconds / 60)
    if minutes < 60:
        return tr("{n} min").format(n=number(minutes))
    return tr("{hours} h {minutes} min").format(hours=number(minutes // 60), minutes=f"{minutes % 60:02d}")


def at_scale(scale: float) -> str:
    """How the network sees images: "as they are", "at half their size", "at 3 times their size"."""
    if scale in _SCALES:
        return tr(_SCALES[scale])
    return tr("at {n} times their size").format(n=figure(scale))


def class_name(known: LabelClass) -> str:
    """What the user called a class; of those that every project has, in her language."""
    return tr(known.name) if known in (BACKGROUND_CLASS, CANT_TELL_CLASS) else known.name


def tip_with_key(tip: str, key: str) -> str:
    """A tooltip with the key that does the same; empty for none: "Show this channel (key F)"."""
    return tr("{tip} (key {key})").format(tip=tip, key=key) if key else tip


def place_in_file(words: str) -> str:
    """A frame's words in the user's language: "page 3", "time 2, slice 3"."""
    return ", ".join(_place(part) for part in words.split(", "))


def source_sentence(name: str, source: Source | None) -> str:
    """Where an image comes from."""
    if source is None:
        return tr("{image} is as it was when the project was made; no other source is recorded.").format(image=name)
    parts = [tr("{image} comes from {file}").format(image=name, file=source.path)]
    if source.part or source.page is not None:
        parts.append(place_in_file(source.part or f"page {source.page}"))
    if source.channel_pages:
        parts.append(tr("with its {n} channels").format(n=len(source.channel_pages)))
    if source.rectangle is not None:
        top, left, bottom, right = source.rectangle
        part = tr("the part of {width} × {height} pixels at column {column}, row {row}")
        parts.append(part.format(width=right - left, height=bottom - top, column=left, row=top))
    return ", ".join(parts) + "."


def capital(text: str) -> str:
    """With a capital at its beginning."""
    return text[:1].upper() + text[1:]


def never_html(text: str) -> str:
    """A tooltip's text that shows as it is written: Qt takes what looks like HTML for HTML, whoever wrote it."""
    if "<" not in text and "&" not in text:
        return text
    lines = html.escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"


def _place(part: str) -> str:
    word, _, count = part.rpartition(" ")
    return tr(_PLACES[word]).format(n=count) if word in _PLACES else part
