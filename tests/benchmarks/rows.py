"""One line of the benchmarks' table."""

from typing import TypedDict


class Row(TypedDict):
    """One figure. ratio: how many times better than the peer; met: whether the target is reached."""

    name: str
    value: float
    unit: str
    peer: float | None
    ratio: float | None
    target: float | None
    met: bool | None


def row(name: str, value: float, unit: str, peer: float | None = None, target: float | None = None) -> Row:
    """A figure of which less is better. peer: the alternative's, measured in the same run where that is possible."""
    return Row(
        name=name,
        value=round(value, 3),
        unit=unit,
        peer=None if peer is None else round(peer, 3),
        ratio=None if peer is None else round(peer / max(value, 1e-3), 2),
        target=target,
        met=None if target is None else value <= target,
    )
