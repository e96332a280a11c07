"""Numbers in sentences."""


def counted(number: int, word: str) -> str:
    """ "1 image", "1,200 images"."""
    return f"{number:,} {word}" if number == 1 else f"{number:,} {word}s"
