"""Closing: what is still being written when the window closes, and a way to leave without waiting."""

from PyQt6.QtCore import QTimer
from PyQt6.QtWidgets import QDialog, QDialogButtonBox, QLabel, QProgressBar, QVBoxLayout, QWidget

from painter_app.language import plural, tr, with_key
from painter_app.local_trainer import LocalTrainer
from painter_app.workers import Workers

_LOOK_MILLISECONDS = 50


class ClosingDialog(QDialog):
    """Accepted once nothing is left to wait for; rejected when she closes at once.

    workers: shut already. trainer: stopped already.
    """

    def __init__(self, workers: Workers, trainer: LocalTrainer, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle(tr("Closing"))
        self._workers = workers
        self._trainer = trainer
        self._most = max(1, workers.saves_left)
        self._text = QLabel()
        self._progress = QProgressBar()
        self._progress.setAccessibleName(tr("Progress of saving"))
        note = QLabel(
            tr("Strokes that no file holds yet stay on this computer, and are offered when you open the image.")
        )
        note.setWordWrap(True)
        buttons = QDialogButtonBox()
        now = buttons.addButton(tr("Close &now"), QDialogButtonBox.ButtonRole.RejectRole)
        if now is not None:
            now.setToolTip(with_key(tr("Close without waiting any longer"), now.text()))
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        for part in (self._text, self._progress, note, buttons):
            layout.addWidget(part)
        self.setMinimumWidth(420)
        self._look_timer = QTimer(self)
        self._look_timer.timeout.connect(self._look)
        self._look_timer.start(_LOOK_MILLISECONDS)
        self._look()

    def _look(self) -> None:
        saves = self._workers.saves_left
        self._progress.setRange(0, self._most if saves else 0)
        self._progress.setValue(self._most - saves)
        if saves:
            self._text.setText(
                plural(
                    saves,
                    "Saving your strokes… {n} thing left to write",
                    "Saving your strokes… {n} things left to write",
                )
            )
        elif self._workers.busy:
            self._text.setText(tr("Waiting for files that are being read…"))
        elif self._trainer.leaving:
            self._text.setText(tr("Waiting for this computer's trainer to end…"))
        else:
            self._look_timer.stop()
            self.accept()
