"""RootPainter's log of what its user did (`logs/client.csv`): read for the time that annotating took, and continued.

Rows are the date and time, seconds since 1970, an event, then fields as key:value.
"""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

from shared_folder.names import image_id
from shared_folder.publish import make_folder
from shared_folder.rectangle import Rectangle

OPENED, PRESSED, RELEASED, SAVED = "update_file_end", "mouse_press", "mouse_release", "save_annotation"
LONGEST_PAUSE_SECONDS = 20.0
"""A longer one doesn't count, unless it follows a press: then somebody was drawing."""
_FIRST_FIELD = 3


@dataclass(frozen=True)
class Event:
    """What happened to one image. seconds: since 1970, by the clock of the machine it happened on."""

    seconds: float
    kind: str
    image: str
    fields: tuple[tuple[str, str], ...] = ()

    def row(self) -> str:
        """As a line of the file, without its end."""
        at = datetime.fromtimestamp(self.seconds)  # noqa: DTZ006 (local time, as RootPainter writes it)
        named = (("fname", self.image), *self.fields)
        return ",".join([f"{at}", f"{self.seconds}", self.kind, *(f"{key}:{value}" for key, value in named)])


@dataclass
class TimeSpent:
    """What annotating one image took."""

    seconds: float = 0.0
    clicks: int = 0


@dataclass
class EventsOfImage:
    """What the user does with the open image, until its annotation is saved: nothing is logged for looking."""

    image: str
    _events: list[Event] = field(default_factory=list)

    def add(self, seconds: float, kind: str, place: Rectangle | None = None) -> None:
        """place: what a stroke changed, in pixels of the image; its middle is told."""
        fields: tuple[tuple[str, str], ...] = ()
        if place is not None:
            fields = ("x", str((place.left + place.right) // 2)), ("y", str((place.top + place.bottom) // 2))
        self._events.append(Event(seconds, kind, self.image, fields))

    def take(self) -> list[Event]:
        """What was added since it was taken last."""
        taken, self._events = self._events, []
        return taken


def append_events(path: Path, events: Iterable[Event]) -> None:
    """Add rows to a log. What is there stays as it is; a last row that was cut off is ended."""
    rows = "".join(f"{event.row()}\n" for event in events)
    if not rows:
        return
    make_folder(path.parent)
    with path.open("a+b") as file:
        if file.tell():
            file.seek(-1, 2)
            rows = rows if file.read(1) == b"\n" else f"\n{rows}"
        file.write(rows.encode())


def time_spent(path: Path) -> dict[str, TimeSpent]:
    """What annotating took, by image id. Rows that nobody understands are passed; nothing without a file."""
    try:
        text = path.read_text("utf-8", errors="replace")
    except FileNotFoundError:
        return {}
    found: dict[str, TimeSpent] = defaultdict(TimeSpent)
    before: Event | None = None
    for line in text.splitlines():
        event = _parse(line)
        if event is None:
            continue
        spent = found[image_id(event.image)]
        if event.kind == PRESSED:
            spent.clicks += 1
        if before is not None and before.image == event.image:
            pause = event.seconds - before.seconds
            if pause > 0 and (pause <= LONGEST_PAUSE_SECONDS or before.kind == PRESSED):
                spent.seconds += pause
        before = event
    return dict(found)


def _parse(line: str) -> Event | None:
    parts = line.split(",")
    if len(parts) <= _FIRST_FIELD:
        return None
    fields = dict(part.split(":", 1) for part in parts[_FIRST_FIELD:] if ":" in part)
    image = fields.pop("fname", "")
    try:
        seconds = float(parts[1])
    except ValueError:
        return None
    if not image or parts[2] not in (OPENED, PRESSED, RELEASED, SAVED):
        return None
    return Event(seconds, parts[2], image.strip(), tuple(fields.items()))
