"""Image store: decoded images, the next ones made ready ahead of time, within a budget of memory."""

from collections import OrderedDict
from collections.abc import Callable, Sequence
from functools import partial

from painter_app.workers import Workers
from shared_folder.images import ImageFile

BUDGET = 512 << 20
"""Bytes. The image on the screen is kept however large it is."""

Done = Callable[[ImageFile], None]
Failed = Callable[[Exception], None]


class ImageStore:
    """Decodes images in workers and keeps those used last.

    decode: from a name to the image, enough of it for a first view; it may refuse. decode_rest: what is left, once
    the image has been handed over.
    """

    def __init__(
        self,
        workers: Workers,
        decode: Callable[[str], ImageFile],
        decode_rest: Callable[[ImageFile], None],
        budget: int = BUDGET,
    ) -> None:
        self._workers = workers
        self._decode = decode
        self._decode_rest = decode_rest
        self._budget = budget
        self._kept: OrderedDict[str, ImageFile] = OrderedDict()  # the one used last comes last
        self._asked: dict[str, list[tuple[Done, Failed]]] = {}  # being decoded, and who waits for them
        self._completing: str | None = None  # of which the rest is being decoded
        self._ahead: list[str] = []  # to be decoded when nothing else is

    def get(self, name: str, done: Done, failed: Failed) -> None:
        """Call `done` with the image: at once if it is kept, else when it is decoded."""
        image = self._kept.get(name)
        if image is not None:
            self._kept.move_to_end(name)
            done(image)
        elif name in self._asked:
            self._asked[name].append((done, failed))
        else:
            self._start(name, [(done, failed)], urgent=True)

    def prefetch(self, names: Sequence[str]) -> None:
        """Decode these too, in this order, as far as the budget goes; instead of what was asked for before."""
        self._ahead = list(names)
        self._go_on()

    def _go_on(self) -> None:
        largest = max((image.memory for image in self._kept.values()), default=0)
        if self._asked or self._completing is not None or self._used() + largest > self._budget:
            return
        while self._ahead:
            name = self._ahead.pop(0)
            if name not in self._kept:
                self._start(name, [], urgent=False)
                return

    def _used(self) -> int:
        """Bytes."""
        return sum(image.memory for image in self._kept.values())

    def _start(self, name: str, waiting: list[tuple[Done, Failed]], urgent: bool) -> None:
        self._asked[name] = waiting
        self._workers.submit(
            partial(self._decode, name), partial(self._decoded, name), partial(self._refused, name), urgent=urgent
        )

    def _decoded(self, name: str, image: ImageFile) -> None:
        self._kept[name] = image
        while len(self._kept) > 1 and self._used() > self._budget:
            self._kept.popitem(last=False)
        for done, _ in self._asked.pop(name):
            done(image)
        self._completing = name
        completed = partial(self._completed, name)
        self._workers.submit(partial(self._decode_rest, image), completed, completed)

    def _completed(self, name: str, _: Exception | None) -> None:
        """Whoever looks at what could not be decoded is told; the next images are made ready all the same."""
        if self._completing == name:
            self._completing = None
        self._go_on()

    def _refused(self, name: str, error: Exception) -> None:
        for _, failed in self._asked.pop(name):
            failed(error)
        self._go_on()
