"""Whole files or none."""

import os
import stat
from pathlib import Path

import pytest

from shared_folder import publish as module
from shared_folder.publish import Document, patiently, publish, publish_document, read_document, read_documents
from shared_folder.refused import Refused


class Note(Document):
    text: str
    counter: int = 0


def test_a_file_is_replaced_and_no_draft_is_left(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "mask.png"
    publish(path, b"first")
    publish(path, b"second")
    assert path.read_bytes() == b"second"
    assert [found.name for found in path.parent.iterdir()] == ["mask.png"]


def test_a_failed_write_leaves_the_old_file_and_no_draft(tmp_path: Path, monkeypatch) -> None:
    path = tmp_path / "mask.png"
    publish(path, b"old")

    def full(_handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(module.os, "fsync", full)
    with pytest.raises(OSError, match="No space"):
        publish(path, b"new")
    assert path.read_bytes() == b"old"
    assert [found.name for found in tmp_path.iterdir() if found.is_file()] == ["mask.png"]


@pytest.mark.skipif(os.name == "nt", reason="Windows has no umask")
def test_files_take_the_umask_not_0600(tmp_path: Path) -> None:
    before = os.umask(0o002)
    try:
        publish(tmp_path / "mask.png", b"x")
    finally:
        os.umask(before)
    assert stat.S_IMODE((tmp_path / "mask.png").stat().st_mode) == 0o664


def test_a_locked_target_is_tried_again_and_then_given_up() -> None:
    tries = []

    def locked_twice() -> None:
        tries.append(1)
        if len(tries) < 3:
            raise PermissionError

    patiently(locked_twice)
    assert len(tries) == 3

    def locked() -> None:
        raise PermissionError("held by a scanner")

    with pytest.raises(PermissionError, match="held"):
        patiently(locked, seconds=0.0)


def test_documents_are_parsed_at_the_door(tmp_path: Path) -> None:
    publish_document(tmp_path / "a.json", Note(text="hello", counter=3))
    assert read_document(tmp_path / "a.json", Note) == Note(text="hello", counter=3)
    (tmp_path / "b.json").write_text('{"text": "from a newer program", "more": [1]}')
    (tmp_path / "c.json").write_text('{"counter": "many"')
    (tmp_path / ".d.json.part").write_text("{")
    found, refusals = read_documents(tmp_path, Note)
    assert set(found) == {"a", "b"}
    assert len(refusals) == 1
    assert refusals[0].startswith("c.json: ")


def test_a_wrong_type_is_refused_with_the_key_named(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_text('{"text": ["no", "text"]}')
    with pytest.raises(Refused, match=r"a\.json: text: "):
        read_document(tmp_path / "a.json", Note)


def test_a_mark_that_editors_put_first_is_passed(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xef\xbb\xbf" + b'{"text": "from Notepad"}')
    assert read_document(tmp_path / "a.json", Note).text == "from Notepad"


def test_a_document_that_is_absurdly_long_is_refused_unread(tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr(module, "_LONGEST_DOCUMENT", 20)
    (tmp_path / "a.json").write_text('{"text": "much more than that"}')
    with pytest.raises(Refused, match=r"a\.json: is longer"):
        read_document(tmp_path / "a.json", Note)


def test_one_file_that_cannot_be_read_hides_no_other(tmp_path: Path) -> None:
    publish_document(tmp_path / "a.json", Note(text="hello"))
    (tmp_path / "b.json").mkdir()  # reading it fails, as a file of somebody else's with mode 0600 would
    found, refusals = read_documents(tmp_path, Note)
    assert set(found) == {"a"}
    assert [refusal.split(":")[0] for refusal in refusals] == ["b.json"]


def test_a_name_as_long_as_the_file_system_allows_is_written(tmp_path: Path) -> None:
    path = tmp_path / ("x" * 251 + ".png")
    publish(path, b"whole")
    assert path.read_bytes() == b"whole"


@pytest.mark.skipif(os.name == "nt", reason="Windows has no groups of files")
def test_new_files_and_folders_take_the_group_of_their_folder(tmp_path: Path) -> None:
    others = [group for group in (*os.getgroups(), 12345) if group != tmp_path.stat().st_gid]
    try:
        os.chown(tmp_path, -1, others[0])
    except PermissionError:
        pytest.skip("this user is in one group only")
    publish(tmp_path / "new" / "folder" / "mask.png", b"x")
    assert {path.stat().st_gid for path in tmp_path.rglob("*")} == {others[0]}


@pytest.mark.skipif(os.name == "nt", reason="links need rights on Windows")
def test_a_link_in_the_place_of_a_file_is_replaced_not_written_through(tmp_path: Path) -> None:
    outside = tmp_path / "outside.txt"
    outside.write_bytes(b"private")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "mask.png").symlink_to(outside)
    publish(folder / "mask.png", b"new")
    assert outside.read_bytes() == b"private"
    assert not (folder / "mask.png").is_symlink()
