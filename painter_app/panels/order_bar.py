"""The order of the image list: a choice, and a word on what it still lacks."""

from PyQt6.QtCore import QSignalBlocker, Qt, pyqtSignal
from PyQt6.QtWidgets import QComboBox, QLabel, QPushButton, QVBoxLayout, QWidget

from painter_app.language import plural, tr
from painter_app.marking import marked
from painter_app.session.image_order import Order

_ORDERS = {
    Order.PROJECT: (marked("Project order"), marked("As the project lists them")),
    Order.MOST_UNCERTAIN: (
        marked("Most uncertain first"),
        marked("Images whose masks are probably worst come first: correcting them teaches most"),
    ),
    Order.LEAST_LIKE: (
        marked("Least like those annotated"),
        marked("Images whose colours and textures differ most from all that is annotated come first"),
    ),
    Order.WORST_DICE: (
        marked("Worst Dice first"),
        marked("Images whose masks were corrected most come first; those without a corrected mask last"),
    ),
    Order.RECENT: (
        marked("Most recently changed first"),
        marked("Images whose annotations were saved last come first; those without one last"),
    ),
}
"""What an order is called, and what it means."""


class OrderBar(QWidget):
    """Chooses an order; where images lack masks to judge them by, says so and offers to have them made."""

    chosen = pyqtSignal(object)
    """The Order."""
    masks_wanted = pyqtSignal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._unjudged = 0
        self._asked = False
        self.choice = QComboBox()
        self.choice.setAccessibleName(tr("Order of the images"))
        self.choice.setToolTip(tr("In which order images are listed, and come after Save & Next (Alt+O)"))
        for order, (text, tip) in _ORDERS.items():
            self.choice.addItem(tr(text), order)
            self.choice.setItemData(self.choice.count() - 1, tr(tip), Qt.ItemDataRole.ToolTipRole)
        self._lacking = QLabel()
        self._lacking.setWordWrap(True)
        self._make = QPushButton(tr("Make masks of all images"))
        self._make.setToolTip(
            tr("Ask the trainer for the masks that are missing; it makes them while it isn't learning")
        )
        self.choice.currentIndexChanged.connect(self._chosen)
        self._make.clicked.connect(self._ask)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(4)
        for part in (self.choice, self._lacking, self._make):
            layout.addWidget(part)
        self._show()

    @property
    def order(self) -> Order:
        return Order(self.choice.currentData())

    def reset(self) -> None:
        """Another project is open, in its own order; without a signal."""
        with QSignalBlocker(self.choice):
            self.choice.setCurrentIndex(0)
        self._unjudged, self._asked = 0, False
        self._show()

    def set_unjudged(self, images: int) -> None:
        """How many images there is nothing to order by yet."""
        self._unjudged = images
        self._show()

    def _chosen(self) -> None:
        self._unjudged = 0  # not known yet
        self._show()
        self.chosen.emit(self.order)

    def _ask(self) -> None:
        self._asked = True
        self._show()
        self.masks_wanted.emit()

    def _show(self) -> None:
        lacking = self._unjudged > 0 and self.order.by_worth
        if self._asked:
            text = plural(
                self._unjudged,
                "{n} mask to come, while the trainer isn't learning",
                "{n} masks to come, while the trainer isn't learning",
            )
        else:
            text = plural(
                self._unjudged, "{n} image without a mask comes last", "{n} images without a mask come last"
            )
        self._lacking.setText(text)
        self._lacking.setVisible(lacking)
        self._make.setVisible(lacking and not self._asked)
