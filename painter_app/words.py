"""Numbers and times in sentences, and text that stays text."""

import html

_SCALES = {0.5: "at half their size", 1.0: "as they are", 2.0: "at twice their size"}


def counted(number: int, word: str) -> str:
    """ "1 image", "1,200 images"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def duration(seconds: float) -> str:
    """ "40 s", "12 min", "3 h 05 min"."""
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60:,} h {minutes % 60:02d} min"


def at_scale(scale: float) -> str:
    """How the network sees images: "as they are", "at half their size", "at 3 times their size"."""
    return _SCALES.get(scale, f"at {scale:g} times their size")


def never_html(text: str) -> str:
    """A tooltip's text that shows as it is written: Qt takes what looks like HTML for HTML, whoever wrote it."""
    if "<" not in text and "&" not in text:
        return text
    lines = html.escape(text).replace("\n", "<br>")
    return f"<qt>{lines}</qt>"
