"""Numbers in sentences."""

_SCALES = {0.5: "at half their size", 1.0: "as they are", 2.0: "at twice their size"}


def counted(number: int, word: str) -> str:
    """ "1 image", "1,200 images"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"


def at_scale(scale: float) -> str:
    """How the network sees images: "as they are", "at half their size", "at 3 times their size"."""
    return _SCALES.get(scale, f"at {scale:g} times their size")
