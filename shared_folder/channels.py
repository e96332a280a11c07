"""Channels that are no colours, shown together: each in a colour of its own, added up, as microscopists expect."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from shared_folder.decoders import Pixels
from shared_folder.ome import Channel

COLOURS = {
    "red": "#ff0000",
    "green": "#00ff00",
    "blue": "#0000ff",
    "grey": "#ffffff",
    "cyan": "#00ffff",
    "magenta": "#ff00ff",
    "yellow": "#ffff00",
}
"""In the order in which channels take them where nobody says."""
FEWEST_SHOWN = 3
"""Channels that are shown at first where nothing tells of what they are."""


@dataclass(frozen=True)
class ChannelTone:
    """How one channel is shown."""

    shown: bool
    colour: str
    """ "#rrggbb": of its brightest pixels."""
    black: float
    """This value and smaller ones are black; in the file's numbers."""
    white: float
    """This value and larger ones have the full colour; above black."""
    gamma: float = 1.0
    """Above 1 the dark parts are lifted, below 1 the bright ones are lowered."""

    def light(self, values: Pixels) -> NDArray[np.float32]:
        """How bright each value (any shape) is shown, 0..1."""
        if values.dtype.kind == "u":  # few values: each is worked out once
            table = self._light(np.arange(np.iinfo(values.dtype).max + 1))
            return table[values]
        return self._light(values)

    def _light(self, values: NDArray[np.generic]) -> NDArray[np.float32]:
        light = (values.astype(np.float32) - np.float32(self.black)) / np.float32(max(self.white - self.black, 1e-12))
        light = np.nan_to_num(light, nan=0, posinf=1, neginf=0).clip(0, 1)
        result: NDArray[np.float32] = light if self.gamma == 1 else light ** np.float32(1 / self.gamma)
        return result


def first_tones(ranges: Sequence[tuple[float, float]], channels: Sequence[Channel]) -> tuple[ChannelTone, ...]:
    """How channels are shown before anybody chooses. ranges: black and white of each.

    channels: what is known of them; none where they are samples of one page, such as a camera's bands, of which the
    first three are shown.
    """
    named = list(COLOURS.values())
    shown = len(COLOURS) if channels else FEWEST_SHOWN
    return tuple(
        ChannelTone(
            number < shown,
            (channels[number].colour if channels else "") or named[number % len(named)],
            black,
            white,
        )
        for number, (black, white) in enumerate(ranges)
    )


def mixed(pixels: Pixels, tones: Sequence[ChannelTone]) -> NDArray[np.float32]:
    """The light of all channels together, (h, w, 3) within 0..255. pixels: (h, w, C), one of the tones for each."""
    result = np.zeros((*pixels.shape[:2], 3), np.float32)
    for number, tone in enumerate(tones):
        if tone.shown:
            light = tone.light(pixels[..., number])
            for primary, part in enumerate(bytes.fromhex(tone.colour.removeprefix("#"))):
                if part:
                    result[..., primary] += light * np.float32(part)
    return result.clip(0, 255)
