"""RootPainter's log of what its user did."""

from pathlib import Path

import pytest

from shared_folder.client_log import OPENED, PRESSED, RELEASED, SAVED, Event, EventsOfImage, append_events, time_spent
from shared_folder.rectangle import Rectangle

THEIRS = """\
2024-05-02 10:00:00.000000,1714636800.0,update_file_end,fname:plot 1.png
2024-05-02 10:00:05.000000,1714636805.0,mouse_press,x:10,brush_size:25,brush_color:#ff0000,fname:plot 1.png
2024-05-02 10:00:35.000000,1714636835.0,mouse_release,x:10,y:20,fname:plot 1.png
2024-05-02 10:02:00.000000,1714636920.0,mouse_press,x:1,y:2,fname:plot 1.png
2024-05-02 10:02:01.500000,1714636921.5,mouse_release,x:1,y:2,fname:plot 1.png
2024-05-02 10:02:03.000000,1714636923.0,save_annotation,fname:plot 1.png
2024-05-02 10:02:04.000000,1714636924.0,update_file_end,fname:plot_2.png
2024-05-02 10:02:06.000000,1714636926.0,dance,fname:plot_2.png
rubbish
1,2,3
"""


def test_time_is_counted_as_rootpainter_does(tmp_path: Path) -> None:
    """Five seconds, thirty while drawing, none of the pause of 85, one and a half and one and a half."""
    (tmp_path / "client.csv").write_text(THEIRS)
    spent = time_spent(tmp_path / "client.csv")
    assert spent["plot 1"].seconds == pytest.approx(5 + 30 + 1.5 + 1.5)
    assert spent["plot 1"].clicks == 2
    assert spent["plot_2"].seconds == 0
    assert time_spent(tmp_path / "nothing.csv") == {}


def test_a_log_is_continued_and_what_is_there_stays(tmp_path: Path) -> None:
    path = tmp_path / "logs" / "client.csv"
    path.parent.mkdir()
    path.write_text(THEIRS.rstrip("\n"))  # its last row was cut off
    events = EventsOfImage("plot_2.png")
    events.add(1714636930.0, OPENED)
    events.add(1714636932.0, PRESSED)
    events.add(1714636934.0, RELEASED, Rectangle(10, 20, 20, 40))
    append_events(path, [*events.take(), Event(1714636935.0, SAVED, "plot_2.png")])
    assert events.take() == []
    append_events(path, [])
    text = path.read_text()
    assert text.startswith(THEIRS)
    rows = text.removeprefix(THEIRS).splitlines()
    assert [row.split(",")[2] for row in rows] == [OPENED, PRESSED, RELEASED, SAVED]
    assert rows[2].endswith("fname:plot_2.png,x:30,y:15")
    assert time_spent(path)["plot_2"].seconds == 6 + 5  # it was open before
    assert time_spent(path)["plot_2"].clicks == 1
