"""The classes of a project, new or in use: names, colours, order and keys, and what was merged into what."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from functools import partial
from typing import Any

from PyQt6.QtCore import Qt, pyqtSignal
from PyQt6.QtGui import QColor, QIcon, QKeySequence, QPainter, QPaintEvent, QPalette, QPen, QPixmap, QShortcut
from PyQt6.QtWidgets import (
    QAbstractButton,
    QColorDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QMessageBox,
    QPushButton,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from painter_app.language import tr, with_key
from painter_app.words import class_name
from shared_folder.class_changes import check_classes
from shared_folder.classes import (
    BACKGROUND_CLASS,
    FOREGROUND,
    MOST_CLASSES,
    PALETTE,
    LabelClass,
    free_colour,
    new_classes,
    with_keys,
)
from shared_folder.merging import remaining

_LEAST_HEIGHT = 96  # pixels; two classes and a bit
_UP, _DOWN = -1, 1


class ClassEditor(QWidget):
    """One row for each class. Background needs none: every project has it. Alt and the arrow keys move a class.

    A class that only stands here can be removed; one of a project in use, whose pixels may be anywhere, is merged.
    """

    changed = pyqtSignal()

    def __init__(self, names: Sequence[str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._classes: tuple[LabelClass, ...] = ()
        self._used: frozenset[int] = frozenset()  # ids that stand in files
        self._fields: dict[int, QLineEdit] = {}  # by class id
        self._arrows: dict[tuple[int, int], QToolButton] = {}  # by class id and direction
        self._area = QScrollArea()
        self._rows = QGridLayout()
        self._add = QPushButton(tr("&Add a class"))
        self._add.setToolTip(with_key(tr("At most {n}").format(n=MOST_CLASSES), self._add.text()))
        self._add.clicked.connect(self._add_class)
        self._set_up()
        self.set_names(names)

    def _set_up(self) -> None:
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QFrame.Shape.NoFrame)
        self._area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._area.setMinimumHeight(_LEAST_HEIGHT)
        inner = QWidget()
        inner.setObjectName("section")
        self._rows.setContentsMargins(8, 8, 8, 8)
        self._rows.setColumnStretch(1, 1)
        outer = QVBoxLayout(inner)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addLayout(self._rows)
        outer.addStretch(1)
        self._area.setWidget(inner)
        bar = self._area.verticalScrollBar()
        if bar is not None:
            bar.rangeChanged.connect(self._show_focused)
        for key, step in (("Alt+Up", _UP), ("Alt+Down", _DOWN)):
            shortcut = QShortcut(QKeySequence(key), self)
            shortcut.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
            shortcut.activated.connect(partial(self._move_focused, step))
        below = QHBoxLayout()
        below.addWidget(self._add)
        below.addStretch(1)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._area, 1)
        layout.addLayout(below)

    def names(self) -> list[str]:
        return [known.name for known in remaining(self._classes)]

    def classes(self) -> tuple[LabelClass, ...]:
        """The classes as they stand. Those of a project in use keep their ids. Refuses empty and equal names."""
        named = [replace(known, name=known.name.strip()) for known in self._classes]
        check_classes(named)
        if self._used:
            return with_keys(named)
        return with_keys(replace(known, id=FOREGROUND + place) for place, known in enumerate(named))

    def set_names(self, names: Sequence[str]) -> None:
        """Classes for a new project."""
        self._used = frozenset()
        self._show(new_classes(list(names)))

    def set_classes(self, classes: tuple[LabelClass, ...]) -> None:
        """The classes of a project in use."""
        self._used = frozenset(known.id for known in classes)
        self._show(classes)

    # Rows

    def _show(self, classes: Sequence[LabelClass], focus: int | None = None) -> None:
        """Rows for these classes, in place of the former. focus: the class whose name is typed next."""
        self._classes = with_keys(classes)
        self._fields, self._arrows = {}, {}
        while item := self._rows.takeAt(0):
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        left = remaining(self._classes)
        for row, known in enumerate(left):
            self._add_row(row, known, left)
        merged = [known for known in self._classes if known.merged_into is not None]
        for row, known in enumerate(merged, start=len(left)):
            self._add_merged(row, known)
        for place in range(self._rows.count()):
            made = self._rows.itemAt(place)
            if made is not None and (widget := made.widget()) is not None:
                widget.show()  # now, or it could take no focus
        self._add.setEnabled(len(left) < MOST_CLASSES)
        if focus in self._fields:
            self._fields[focus].setFocus()
        self.changed.emit()

    def _add_row(self, row: int, known: LabelClass, left: Sequence[LabelClass]) -> None:
        who = known.name or tr("class {n}").format(n=row + 1)
        swatch = _Swatch(known.colour)
        name = tr("Colour of {class_name}").format(class_name=who)
        _describe(swatch, name, tr("Choose another colour"), partial(self._choose_colour, known.id))
        field = self._fields[known.id] = QLineEdit(known.name)
        field.setPlaceholderText(tr("name, such as root"))
        field.setAccessibleName(tr("Name of class {n}").format(n=row + 1))
        field.setToolTip(tr("What to find in the images (Alt and the arrow keys move it)"))
        field.textEdited.connect(partial(self._rename, known.id))
        key = QLabel(tr("key {key}").format(key=known.shortcut) if known.shortcut else "")
        for column, widget in enumerate((swatch, field, key)):
            self._rows.addWidget(widget, row, column)
        for column, step in ((3, _UP), (4, _DOWN)):
            arrow = self._arrows[known.id, step] = QToolButton()
            arrow.setArrowType(Qt.ArrowType.UpArrow if step == _UP else Qt.ArrowType.DownArrow)
            name = tr("Move {class_name} up") if step == _UP else tr("Move {class_name} down")
            up, down = tr("Move it up: the first nine have keys"), tr("Move it down: the first nine have keys")
            tip = up if step == _UP else down
            _describe(arrow, name.format(class_name=who), tip, partial(self._move, known.id, step))
            arrow.setEnabled(0 <= row + step < len(left))
            self._rows.addWidget(arrow, row, column)
        last = self._merge_button(known, who) if known.id in self._used else self._remove_button(known, row)
        last.setEnabled(len(left) > 1)
        self._rows.addWidget(last, row, 5)

    def _remove_button(self, known: LabelClass, row: int) -> QPushButton:
        remove = QPushButton(tr("Remove"))
        name = tr("Remove class {n}").format(n=row + 1)
        _describe(remove, name, tr("Take this class out of the list"), partial(self._remove, known.id))
        return remove

    def _merge_button(self, known: LabelClass, who: str) -> QPushButton:
        merge = QPushButton(tr("Merge into"))
        menu = QMenu(merge)
        menu.aboutToShow.connect(partial(self._fill_menu, menu, known.id))
        merge.setMenu(menu)
        name = tr("Merge {class_name} into another class").format(class_name=who)
        _describe(merge, name, tr("Let it count as another class, or as background"))
        return merge

    def _add_merged(self, row: int, known: LabelClass) -> None:
        into = self._name_of(known.merged_into)
        fact = QLabel(tr("{class_name}, merged into {into}").format(class_name=known.name, into=into))
        fact.setTextFormat(Qt.TextFormat.PlainText)
        self._rows.addWidget(fact, row, 1, 1, 2)
        separate = QPushButton(tr("Separate again"))
        name = tr("Separate {class_name} from {into} again").format(class_name=known.name, into=into)
        tip = tr("Let {class_name} be a class of its own again").format(class_name=known.name)
        _describe(separate, name, tip, partial(self._merge, known.id, None))
        separate.setEnabled(len(remaining(self._classes)) < MOST_CLASSES)
        self._rows.addWidget(separate, row, 3, 1, 3)

    def _name_of(self, label: int | None) -> str:
        names = {each.id: class_name(each) for each in (*self._classes, BACKGROUND_CLASS)}
        return names.get(label or 0, tr("another class"))

    # What the user does

    def _move_focused(self, step: int) -> None:
        """Move the class whose name is being typed."""
        here = next((label for label, field in self._fields.items() if field.hasFocus()), None)
        if here is not None:
            self._move(here, step)
            self._fields[here].setFocus()

    def _add_class(self) -> None:
        label = max(known.id for known in self._classes) + 1
        self._show((*self._classes, LabelClass(label, "", free_colour(self._classes))), label)

    def _remove(self, label: int) -> None:
        self._show([known for known in self._classes if known.id != label])

    def _rename(self, label: int, name: str) -> None:
        self._change(label, name=name)
        self.changed.emit()

    def _change(self, label: int, **facts: Any) -> None:
        self._classes = tuple(replace(known, **facts) if known.id == label else known for known in self._classes)

    def _move(self, label: int, step: int) -> None:
        """Up or down among those that were not merged."""
        left = [known.id for known in remaining(self._classes)]
        target = left.index(label) + step
        if not 0 <= target < len(left):
            return
        by_id = {known.id: known for known in self._classes}
        swapped = {label: by_id[left[target]], left[target]: by_id[label]}
        self._show([swapped.get(known.id, known) for known in self._classes])
        self._arrows[label, step].setFocus()

    def _choose_colour(self, label: int) -> None:
        for place, colour in enumerate(PALETTE):
            QColorDialog.setStandardColor(place, QColor(colour))
        now = next(known for known in self._classes if known.id == label)
        dialog = QColorDialog(QColor(now.colour), self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.setOption(QColorDialog.ColorDialogOption.DontUseNativeDialog)  # which knows nothing of the palette
        dialog.setWindowTitle(tr("Colour of {class_name}").format(class_name=now.name or tr("the class")))
        dialog.colorSelected.connect(lambda colour: self._recolour(label, colour.name()))
        dialog.open()

    def _recolour(self, label: int, colour: str) -> None:
        self._change(label, colour=colour)
        self._show(self._classes, label)

    def _fill_menu(self, menu: QMenu, label: int) -> None:
        menu.clear()
        for other in (*remaining(self._classes), BACKGROUND_CLASS):
            if other.id != label and other.name.strip():
                action = menu.addAction(_picture(other.colour), class_name(other).replace("&", "&&"))
                if action is not None:
                    action.triggered.connect(partial(self._ask_to_merge, label, other.id))

    def _ask_to_merge(self, label: int, into: int) -> None:
        name, target = self._name_of(label), self._name_of(into)
        box = QMessageBox(self)
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setIcon(QMessageBox.Icon.Question)
        box.setWindowTitle(tr("Merge classes"))
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setText(tr("Merge {class_name} into {into}?").format(class_name=name, into=target))
        meaning = tr(
            "All that is painted as {class_name}, and all masks of it, will count as {into}: on the screen, in "
            "learning and in exports, for everybody in this project. The painted pixels stay as they are in the "
            "files, so you can separate the two again here."
        )
        box.setInformativeText(meaning.format(class_name=name, into=target))
        merge = box.addButton(tr("&Merge"), QMessageBox.ButtonRole.AcceptRole)
        box.addButton(QMessageBox.StandardButton.Cancel)
        box.buttonClicked.connect(lambda chosen: self._merge(label, into) if chosen is merge else None)
        box.open()

    def _merge(self, label: int, into: int | None) -> None:
        self._change(label, merged_into=into)
        self._show(self._classes, label if into is None else into)

    def _show_focused(self) -> None:
        focused = self.focusWidget()
        inner = self._area.widget()
        if focused is not None and inner is not None and inner.isAncestorOf(focused):
            self._area.ensureWidgetVisible(focused)


def _describe(button: QAbstractButton, name: str, tip: str, clicked: Callable[[], object] | None = None) -> None:
    """What a button is for, to the eye, to a screen reader and to the program."""
    button.setAccessibleName(name)
    button.setToolTip(tip)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    if clicked is not None:
        button.clicked.connect(lambda _: clicked())


def _picture(colour: str) -> QIcon:
    picture = QPixmap(32, 32)
    picture.fill(QColor(colour))
    return QIcon(picture)


class _Swatch(QAbstractButton):
    """A class's colour, to be changed."""

    def __init__(self, colour: str) -> None:
        super().__init__()
        self._colour = QColor(colour)
        self.setFixedSize(24, 24)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def paintEvent(self, event: QPaintEvent | None) -> None:  # noqa: ARG002
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        role = QPalette.ColorRole.Accent if self.hasFocus() else QPalette.ColorRole.WindowText
        painter.setPen(QPen(self.palette().color(role), 2 if self.hasFocus() else 1))
        painter.setBrush(self._colour)
        painter.drawRoundedRect(self.rect().adjusted(2, 2, -3, -3), 3, 3)
        painter.end()
