"""What the user chose, in a file of her own."""

import json
from pathlib import Path

from painter_app.settings import Settings, SettingsFile, rootpainter_folder, user_folders


def test_settings_are_kept(tmp_path: Path) -> None:
    file = SettingsFile(tmp_path / "config" / "settings.json")
    assert not file.path.exists()  # reading writes nothing
    file.change(masks_ahead=3, theme="dark")
    file.save()
    again = SettingsFile(file.path)
    assert again.now == file.now
    assert again.now.painter == file.now.painter
    assert (again.now.masks_ahead, again.now.theme) == (3, "dark")


def test_two_users_have_two_painters() -> None:
    assert Settings().painter != Settings().painter


def test_damaged_settings_start_anew_and_say_so(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"masks_ahead": -4}')
    file = SettingsFile(path)
    assert file.now.masks_ahead == 6
    assert "masks_ahead" in file.refusal


def test_a_setting_that_was_dropped_since_is_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "settings.json"
    path.write_text('{"masks_ahead": 4, "scale_declined": ["/lab/roots.seg_proj"]}')
    file = SettingsFile(path)
    assert (file.now.masks_ahead, file.refusal) == (4, "")
    file.change(masks_ahead=5)
    file.save()
    assert "scale_declined" not in path.read_text()


def test_each_system_has_its_folders(tmp_path: Path) -> None:
    linux = user_folders({"XDG_CONFIG_HOME": "/c", "XDG_STATE_HOME": "/s"}, "linux", tmp_path)
    assert (linux.settings, linux.journals) == (Path("/c/brushloop/settings.json"), Path("/s/brushloop/journals"))
    assert user_folders({}, "linux", tmp_path).config == tmp_path / ".config" / "brushloop"
    assert user_folders({}, "darwin", tmp_path).state == tmp_path / "Library" / "Application Support" / "Brushloop"
    windows = user_folders({"APPDATA": "/r", "LOCALAPPDATA": "/l"}, "win32", tmp_path)
    assert (windows.config, windows.state) == (Path("/r/Brushloop"), Path("/l/Brushloop"))


def test_rootpainters_folder_is_found(tmp_path: Path) -> None:
    assert rootpainter_folder(tmp_path) is None
    settings = tmp_path / "root_painter_settings.json"
    settings.write_text("[]")
    assert rootpainter_folder(tmp_path) is None
    settings.write_text(json.dumps({"sync_dir": str(tmp_path / "gone")}))
    assert rootpainter_folder(tmp_path) is None
    settings.write_text(json.dumps({"sync_dir": str(tmp_path)}))
    assert rootpainter_folder(tmp_path) == tmp_path
