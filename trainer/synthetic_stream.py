"""Scenes from a second process, so that one core draws while the other learns."""

import contextlib
import multiprocessing
import signal
from multiprocessing.connection import Connection
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

from trainer.synthetic_scenes import SCENE_SHAPE, draw_scene

Bytes = NDArray[np.uint8]
_PIXELS = SCENE_SHAPE[0] * SCENE_SHAPE[1]


class SceneStream:
    """Scenes without end, in the order that the seed gives; a process of its own draws one ahead of what is taken."""

    def __init__(self, seed: int) -> None:
        processes = multiprocessing.get_context("spawn")
        self._scenes, theirs = processes.Pipe(duplex=False)
        self._process = processes.Process(target=_draw, args=(theirs, seed), daemon=True)
        self._process.start()
        theirs.close()  # so that a drawer that died is noticed: no other end is open then

    def ready(self) -> bool:
        """Whether `take` has a scene at once."""
        return self._scenes.poll()

    def take(self) -> tuple[Bytes, Bytes]:
        """The next scene as from `draw_scene`. Waits for it. Raises EOFError when the drawing process has died."""
        # Plain bytes of a known length: nothing is pickled.
        sent = np.frombuffer(self._scenes.recv_bytes(), np.uint8)
        return sent[: 3 * _PIXELS].reshape(*SCENE_SHAPE, 3), sent[3 * _PIXELS :].reshape(SCENE_SHAPE)

    def __enter__(self) -> "SceneStream":
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._process.terminate()
        self._process.join()
        self._process.close()
        self._scenes.close()


def _draw(scenes: Connection, seed: int) -> None:
    """The drawing process. It ends when nobody listens any more."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C goes to the whole group; the learner decides
    rng = np.random.default_rng(seed)
    with contextlib.suppress(BrokenPipeError, ConnectionResetError):
        while True:
            image, labels = draw_scene(SCENE_SHAPE, rng)
            scenes.send_bytes(image.tobytes() + labels.tobytes())
