"""The dialog in which every key can be changed."""

from collections.abc import Sequence

from PyQt6.QtCore import QEvent, QObject, QSize, Qt, pyqtSignal
from PyQt6.QtGui import QKeyEvent, QKeySequence
from PyQt6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QHBoxLayout,
    QHeaderView,
    QKeySequenceEdit,
    QLabel,
    QPushButton,
    QTreeWidget,
    QTreeWidgetItem,
    QVBoxLayout,
    QWidget,
)

from painter_app.keys import Keys, as_written, spelled, why_not
from painter_app.language import tr, with_key
from painter_app.marking import marked

Row = tuple[str, str, str]
"""An action's name, its group, and what it is called."""

_HINT = marked("Choose what to change, then press its new key in the field: it takes the place of the first.")
_NAME = Qt.ItemDataRole.UserRole
_SIZE = (580, 640)
_ROOM = 8  # pixels of air in each row


class KeysDialog(QDialog):
    """All actions with their keys. Nothing is changed before OK."""

    keys_chosen = pyqtSignal(object)
    """The Keys that shall be in force, at OK."""

    def __init__(self, rows: Sequence[Row], keys: Keys, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Change keys"))
        self.resize(*_SIZE)
        self._titles = {name: title for name, _, title in rows}
        self._keys = keys
        self._pressed = ""  # a key of another action, while she is asked
        self._items: dict[str, QTreeWidgetItem] = {}
        self._tree = self._make_tree(rows)
        self._asked_for = QLabel()
        self._field = QKeySequenceEdit()
        self._bare = QPushButton(tr("N&o key"))
        self._reset = QPushButton(tr("&Usual key"))
        self._message = QLabel(tr(_HINT))
        self._give = QPushButton(tr("&Give it"))
        self._leave = QPushButton(tr("&Leave it there"))
        self._lay_out()
        self._wire()
        self._show()
        self._tree.setCurrentItem(self._items[rows[0][0]])

    @property
    def keys(self) -> Keys:
        """As they stand in the dialog."""
        return self._keys

    @property
    def message(self) -> str:
        return self._message.text()

    def choose(self, name: str) -> None:
        """Turn to an action."""
        self._tree.setCurrentItem(self._items[name])

    def eventFilter(self, watched: QObject | None, event: QEvent | None) -> bool:
        """Esc in the field leaves the dialog, as it does everywhere in it; Enter in the list goes to the field."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched is self._field and event.key() == Qt.Key.Key_Escape:
                self.reject()
                return True
            if watched is self._tree and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._field.setFocus()
                return True
        return super().eventFilter(watched, event)

    # Layout

    def _make_tree(self, rows: Sequence[Row]) -> QTreeWidget:
        tree = QTreeWidget()
        tree.setHeaderLabels([tr("What it does"), tr("Keys")])
        tree.setRootIsDecorated(False)
        tree.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        tree.setAccessibleName(tr("Actions and their keys"))
        tree.setToolTip(tr("Choose an action; Enter goes to the field for its new key"))
        groups: dict[str, QTreeWidgetItem] = {}
        for name, group, title in rows:
            if group not in groups:
                groups[group] = _group_item(tree, group)
            item = QTreeWidgetItem(groups[group], [title])
            item.setData(0, _NAME, name)
            item.setSizeHint(0, QSize(0, tree.fontMetrics().height() + _ROOM))
            self._items[name] = item
        tree.expandAll()
        header = tree.header()
        if header is not None:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
            header.setSectionResizeMode(1, QHeaderView.ResizeMode.ResizeToContents)
            header.setStretchLastSection(False)
        return tree

    def _lay_out(self) -> None:
        self._field.setMaximumSequenceLength(1)
        self._field.setAccessibleName(tr("New key"))
        self._asked_for.setBuddy(self._field)
        self._message.setWordWrap(True)
        for part, tip in (
            (self._bare, tr("Take all keys away from this action")),
            (self._reset, tr("Give this action back the keys that it has usually")),
            (self._give, tr("The other action loses this key")),
            (self._leave, tr("Change nothing")),
        ):
            part.setToolTip(with_key(tip, part.text()))
        self._field.setToolTip(tr("Press the new key, with Ctrl, Shift or Alt if you like"))
        for answer in (self._give, self._leave):  # so that nothing jumps when they come
            kept = answer.sizePolicy()
            kept.setRetainSizeWhenHidden(True)
            answer.setSizePolicy(kept)
        layout = QVBoxLayout(self)
        layout.addWidget(self._tree, 1)
        layout.addLayout(_in_a_row(self._asked_for, self._field, self._bare, self._reset, wide=self._field))
        layout.addLayout(_in_a_row(self._message, self._give, self._leave, wide=self._message))
        layout.addSpacing(_ROOM)
        layout.addWidget(self._make_buttons())
        for button in self.findChildren(QPushButton):
            button.setAutoDefault(False)

    def _make_buttons(self) -> QDialogButtonBox:
        """What is done with all keys at once."""
        left_handed, all_usual = QPushButton(tr("Left-&handed set")), QPushButton(tr("&All as usual"))
        mirrored = tr("For who holds the mouse in the left hand: each key goes to its mirror place on the keyboard")
        left_handed.setToolTip(with_key(mirrored, left_handed.text()))
        all_usual.setToolTip(with_key(tr("Give every action the keys that it has usually"), all_usual.text()))
        left_handed.clicked.connect(lambda: self._take(self._keys.left_handed(), tr("The keys are mirrored now.")))
        all_usual.clicked.connect(lambda: self._take(self._keys.usual(), tr("All keys are the usual ones now.")))
        box = QDialogButtonBox(QDialogButtonBox.StandardButton.Ok | QDialogButtonBox.StandardButton.Cancel)
        box.accepted.connect(self.accept)
        box.rejected.connect(self.reject)
        for button in (left_handed, all_usual):
            box.addButton(button, QDialogButtonBox.ButtonRole.ResetRole)
        return box

    def _wire(self) -> None:
        for watched in (self._field, self._tree):
            watched.installEventFilter(self)
        self._tree.currentItemChanged.connect(lambda *_: self._turn())
        self._tree.itemDoubleClicked.connect(lambda *_: self._field.setFocus())
        self._field.editingFinished.connect(self._key_pressed)
        self._bare.clicked.connect(lambda: self._take(self._keys.bare(self._action), ""))
        self._reset.clicked.connect(self._take_usual)
        self._give.clicked.connect(lambda: self._take(self._keys.given(self._action, self._pressed), ""))
        self._leave.clicked.connect(lambda: self._tell(tr(_HINT)))
        self.accepted.connect(lambda: self.keys_chosen.emit(self._keys))

    # What she does

    @property
    def _action(self) -> str:
        """The name of the action that she turned to; empty for a group."""
        item = self._tree.currentItem()
        return str(item.data(0, _NAME) or "") if item is not None else ""

    def _turn(self) -> None:
        action = self._action
        for part in (self._field, self._bare, self._reset):
            part.setEnabled(bool(action))
        asked = tr("&New key for “{action}”").format(action=self._title(action)) if action else tr("&New key")
        self._asked_for.setText(asked)
        self._tell(tr(_HINT))

    def _title(self, action: str) -> str:
        """An action's title for a label or a button, in which an ampersand means something."""
        return self._titles[action].replace("&", "&&")

    def _key_pressed(self) -> None:
        key = spelled(self._field.keySequence().toString(QKeySequence.SequenceFormat.PortableText))
        self._field.clear()
        if not key:
            return
        owner, reason = self._keys.owner(key), why_not(key)
        if reason:
            text = tr("{key} can't be chosen, since {reason}. Press another.")
            self._tell(text.format(key=as_written(key), reason=reason))
        elif owner is None or owner == self._action:
            self._take(self._keys.given(self._action, key), "")
        else:
            self._ask(key, owner)

    def _ask(self, key: str, owner: str) -> None:
        self._tell(tr("{key} is the key of “{action}”.").format(key=as_written(key), action=self._titles[owner]))
        self._pressed = key
        self._give.setText(tr("&Give it to “{action}”").format(action=self._title(self._action)))
        self._give.show()
        self._leave.show()
        self._give.setFocus()

    def _take_usual(self) -> None:
        keys = self._keys.reset(self._action)
        losers = [self._titles[name] for name in self._titles if set(self._keys.of(name)) - set(keys.of(name))]
        others = [f"“{title}”" for title in losers if title != self._titles[self._action]]
        back = tr("Taken back from {actions}.").format(actions=f" {tr('and')} ".join(others))
        self._take(keys, back if others else "")

    def _take(self, keys: Keys, told: str) -> None:
        self._keys = keys
        self._show()
        self._tell(told or tr(_HINT))
        self._tree.setFocus()

    def _tell(self, text: str) -> None:
        """Say something, and ask nothing any more."""
        self._pressed = ""
        self._message.setText(text)
        self._give.hide()
        self._leave.hide()

    def _show(self) -> None:
        for name, item in self._items.items():
            item.setText(1, ", ".join(map(as_written, self._keys.of(name))))


def _group_item(tree: QTreeWidget, title: str) -> QTreeWidgetItem:
    item = QTreeWidgetItem(tree, [title])
    item.setSizeHint(0, QSize(0, tree.fontMetrics().height() + 2 * _ROOM))
    item.setFlags(Qt.ItemFlag.ItemIsEnabled)
    font = item.font(0)
    font.setBold(True)
    item.setFont(0, font)
    return item


def _in_a_row(*widgets: QWidget, wide: QWidget) -> QHBoxLayout:
    """wide: the one that takes the room that is left."""
    row = QHBoxLayout()
    for widget in widgets:
        row.addWidget(widget, int(widget is wide))
    return row
