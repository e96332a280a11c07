"""How the window looks: one table of colours for light and one for dark, a stylesheet from it, icons in its ink."""

from dataclasses import asdict, dataclass
from pathlib import Path
from string import Template

from PyQt6.QtCore import QByteArray, QRectF, QSize, Qt
from PyQt6.QtGui import QColor, QGuiApplication, QIcon, QPainter, QPalette, QPixmap
from PyQt6.QtSvg import QSvgRenderer
from PyQt6.QtWidgets import QApplication

from shared_folder.layout import assets


@dataclass(frozen=True)
class Colours:
    """Every colour of the window, as "#rrggbb". Text on its ground has a contrast of at least 4.5 to 1."""

    window: str
    panel: str
    field: str
    border: str
    text: str
    faint: str
    hover: str
    accent: str
    accent_hover: str
    on_accent: str
    tint: str
    """Behind what is chosen."""
    information: str
    question: str
    error: str


LIGHT = Colours(
    window="#eef1f2",
    panel="#f8fafa",
    field="#ffffff",
    border="#cfd7da",
    text="#1d2528",
    faint="#586468",
    hover="#e3e9eb",
    accent="#14715f",
    accent_hover="#0f5c4d",
    on_accent="#ffffff",
    tint="#d3ebe5",
    information="#e3f1f8",
    question="#fdf0d5",
    error="#fbe2dc",
)
DARK = Colours(
    window="#1b1f21",
    panel="#23282b",
    field="#2b3134",
    border="#3d464a",
    text="#e6ebec",
    faint="#a3afb3",
    hover="#323a3e",
    accent="#2fae94",
    accent_hover="#49c4aa",
    on_accent="#08201b",
    tint="#1f4a41",
    information="#1e3440",
    question="#453818",
    error="#4d2620",
)

_STYLE = Template("""
QMainWindow, QDialog { background: $window; }
QToolTip { background: $field; color: $text; border: 1px solid $border; padding: 4px; }
QMenuBar { background: $panel; border-bottom: 1px solid $border; padding: 1px 4px; }
QMenuBar::item { background: transparent; padding: 4px 9px; border-radius: 4px; }
QMenuBar::item:selected { background: $hover; }
QMenu { background: $panel; border: 1px solid $border; padding: 4px; }
QMenu::item { padding: 5px 26px 5px 8px; border-radius: 4px; }
QMenu::item:selected { background: $tint; color: $text; }
QMenu::item:disabled { color: $faint; }
QMenu::separator { height: 1px; background: $border; margin: 4px 6px; }
QMenu::icon { padding-left: 6px; }
QStatusBar { background: $panel; border-top: 1px solid $border; color: $faint; }
QStatusBar::item { border: none; }
QStatusBar QLabel { color: $faint; padding: 0 6px; }
QFrame#side { background: $panel; border: none; }
QFrame#bottomBar { background: $panel; border-top: 1px solid $border; }
QFrame#topBar { background: $panel; border-bottom: 1px solid $border; }
QLabel#sectionTitle { color: $faint; font-weight: 600; padding: 8px 8px 0 8px; }
QLabel#phase { font-size: 14px; font-weight: 600; }
QLabel#imageName, QLabel#toolName { color: $faint; }
QFrame#noticeBar { border: none; border-bottom: 1px solid $border; background: $information; }
QFrame#noticeBar[weight="question"] { background: $question; }
QFrame#noticeBar[weight="error"] { background: $error; }
QFrame#hint { background: $tint; border: none; border-left: 4px solid $accent; border-radius: 4px;
  border-top-left-radius: 0; border-bottom-left-radius: 0; margin: 6px; }
QLabel#noticeSign { font-weight: 700; min-width: 20px; max-width: 20px; min-height: 20px; max-height: 20px;
  border: 1px solid $text; border-radius: 10px; color: $text; }
QPushButton { background: $field; border: 1px solid $border; border-radius: 5px; padding: 5px 12px; color: $text; }
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $tint; border-color: $accent; }
QPushButton:disabled { color: $faint; background: $panel; }
QPushButton:focus { border-color: $accent; }
QPushButton#primary { background: $accent; border-color: $accent; color: $on_accent; font-weight: 600;
  padding: 8px 22px; font-size: 14px; }
QPushButton#primary:hover { background: $accent_hover; }
QPushButton#primary:disabled { background: $hover; border-color: $border; color: $faint; }
QPushButton#small { padding: 2px 8px; }
QToolButton { border: 1px solid transparent; border-radius: 5px; padding: 4px; color: $text; }
QToolButton:hover { background: $hover; }
QToolButton:focus { border-color: $text; }
QSlider { min-height: 20px; }
QSlider::groove:horizontal { height: 4px; background: $border; border-radius: 2px; }
QSlider::sub-page:horizontal { background: $accent; border-radius: 2px; }
QSlider::sub-page:horizontal:disabled { background: $border; }
QSlider::handle:horizontal { width: 12px; margin: -5px 0; border: 1px solid $faint; border-radius: 7px;
  background: $field; }
QSlider::handle:horizontal:hover { background: $hover; }
QSlider::handle:horizontal:focus { border: 2px solid $text; width: 10px; background: $tint; }
QToolButton:checked { background: $tint; border-color: $accent; }
QToolButton:checked:focus { border-color: $text; }
QToolButton#folder { color: $faint; padding: 2px 6px; }
QToolButton#folder:hover { color: $text; }
QLineEdit, QPlainTextEdit, QTextBrowser, QListView, QTableView, QTreeView {
  background: $field; border: 1px solid $border; border-radius: 4px; color: $text;
  selection-background-color: $tint; selection-color: $text; }
QLineEdit { padding: 3px 5px; }
QTableView#figures { alternate-background-color: $panel; }
QTableView#figures::item { padding: 0 8px; }
QHeaderView::section { background: $panel; color: $faint; border: none; border-bottom: 1px solid $border;
  padding: 6px 10px; font-weight: 600; }
QComboBox { background: $field; border: 1px solid $border; border-radius: 4px; padding: 3px 6px; color: $text; }
QComboBox:hover { background: $hover; }
QComboBox:focus { border-color: $accent; }
QComboBox:disabled { color: $faint; background: $panel; }
QComboBox::drop-down { border: none; width: 20px; }
QComboBox::down-arrow { image: url("$arrow"); width: 12px; height: 12px; }
QAbstractSpinBox { background: $field; border: 1px solid $border; border-radius: 4px; padding: 2px 2px 2px 5px; }
QAbstractSpinBox:focus { border-color: $accent; }
QAbstractSpinBox:disabled { color: $faint; background: $panel; }
QAbstractSpinBox::up-button, QAbstractSpinBox::down-button { border: none; width: 16px; }
QAbstractSpinBox::up-button:hover, QAbstractSpinBox::down-button:hover { background: $hover; }
QAbstractSpinBox::up-arrow { image: url("$up"); width: 9px; height: 9px; }
QAbstractSpinBox::down-arrow { image: url("$arrow"); width: 9px; height: 9px; }
QCheckBox, QRadioButton { spacing: 7px; padding-right: 3px; }
QCheckBox::indicator { width: 14px; height: 14px; border: 1px solid $faint; border-radius: 3px;
  background: $field; }
QCheckBox::indicator:checked { background: $accent; border-color: $accent; image: url("$check"); }
QRadioButton::indicator { width: 14px; height: 14px; border: 1px solid $faint; border-radius: 8px;
  background: $field; }
QRadioButton::indicator:checked { width: 6px; height: 6px; border: 5px solid $accent; }
QCheckBox::indicator:focus { border: 2px solid $text; width: 12px; height: 12px; }
QRadioButton::indicator:focus { border-color: $text; }
QCheckBox::indicator:disabled, QRadioButton::indicator:disabled { border-color: $border; background: $panel; }
QCheckBox::indicator:checked:disabled { background: $faint; }
QLineEdit:focus, QListView:focus, QTableView:focus { border-color: $accent; }
QAbstractSpinBox QLineEdit { border: none; padding: 0; }
QToolButton::menu-indicator { image: none; }
QScrollBar { background: transparent; border: none; margin: 0; }
QScrollBar:vertical { width: 11px; }
QScrollBar:horizontal { height: 11px; }
QScrollBar::handle { background: $border; border-radius: 4px; margin: 1px; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }
QProgressBar { border: 1px solid $border; border-radius: 4px; background: $field; text-align: center; color: $text;
  min-height: 16px; }
QProgressBar::chunk { background: $tint; border-radius: 3px; }
QSplitter::handle { background: $border; }
QDialog QLabel[frameShape="StyledPanel"] { background: $field; border: 1px solid $border; border-radius: 4px; }
QScrollArea, QScrollArea > QWidget, QScrollArea > QWidget > QWidget#section { border: none; background: $panel; }
QCommandLinkButton { text-align: left; padding: 8px 12px; }
""")


def colours_for(theme: str) -> Colours:
    """The table for "light", "dark" or "system" (which the desktop decides)."""
    if theme == "system":
        hints = QGuiApplication.styleHints()
        dark = hints is not None and hints.colorScheme() is Qt.ColorScheme.Dark
        return DARK if dark else LIGHT
    return DARK if theme == "dark" else LIGHT


def apply_theme(theme: str) -> Colours:
    """Dress the whole program. Returns the colours in use."""
    colours = colours_for(theme)
    QApplication.setStyle("Fusion")
    QApplication.setPalette(_palette(colours))
    application = QApplication.instance()
    if isinstance(application, QApplication):
        application.setStyleSheet(_STYLE.substitute(asdict(colours), **_pictures(colours)))
    return colours


def _pictures(colours: Colours) -> dict[str, str]:
    """The little pictures of the stylesheet, which can't be given another ink there."""
    kind = "dark" if colours is DARK else "light"
    return {name: (assets() / "icons" / f"{name}-{kind}.svg").as_posix() for name in ("check", "arrow", "up")}


def icon(name: str, colours: Colours) -> QIcon:
    """An icon of ours in the theme's ink; faint when its action is disabled."""
    source = (assets() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    drawn = QIcon()
    for mode, ink in ((QIcon.Mode.Normal, colours.text), (QIcon.Mode.Disabled, colours.border)):
        for side in (20, 40, 64):
            drawn.addPixmap(_render(source.replace("#000", ink), side), mode)
    return drawn


def icon_on_accent(name: str, colours: Colours) -> QIcon:
    """An icon for the window's one coloured button."""
    source = (assets() / "icons" / f"{name}.svg").read_text(encoding="utf-8")
    drawn = QIcon(_render(source.replace("#000", colours.on_accent), 40))
    drawn.addPixmap(_render(source.replace("#000", colours.faint), 40), QIcon.Mode.Disabled)
    return drawn


def application_icon() -> QIcon:
    return QIcon(str(Path(assets() / "icons" / "brushloop.svg")))


def _render(source: str, side: int) -> QPixmap:
    picture = QPixmap(QSize(side, side))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(source.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return picture


def _palette(colours: Colours) -> QPalette:
    palette = QPalette()
    role, group = QPalette.ColorRole, QPalette.ColorGroup
    table = {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.field,
        role.AlternateBase: colours.panel,
        role.Text: colours.text,
        role.Button: colours.field,
        role.ButtonText: colours.text,
        role.BrightText: colours.text,
        role.ToolTipBase: colours.field,
        role.ToolTipText: colours.text,
        role.Highlight: colours.tint,
        role.HighlightedText: colours.text,
        role.Link: colours.accent,
        role.PlaceholderText: colours.faint,
        role.Light: colours.hover,
        role.Midlight: colours.hover,
        role.Mid: colours.border,
        role.Dark: colours.border,
        role.Shadow: colours.border,
        role.Accent: colours.accent,
    }
    for one, colour in table.items():
        palette.setColor(one, QColor(colour))
    for one in (role.WindowText, role.Text, role.ButtonText):
        palette.setColor(group.Disabled, one, QColor(colours.faint))
    return palette
