"""Language: the window's words in the user's own language.

The code holds English. `assets/languages/<code>.json` holds another language, by the English texts; what it lacks is
shown in English. A text with something in it is translated first and filled in after that:
`tr("Saved as {name}.").format(name=name)`.

`plural` and `number` are for what is counted, `sentence` for what rooms without a window say.
"""

import re
from functools import cached_property

from pydantic import Field
from PyQt6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator
from PyQt6.QtGui import QKeySequence

from shared_folder.layout import assets
from shared_folder.publish import Document, read_document

CONTEXT = "Brushloop"
ENGLISH = "en"
SYSTEM = "system"
"""In the settings: the language of the desktop."""
FOLDER = assets() / "languages"

_GAP = re.compile(r"\{\d+\}")


class Catalogue(Document):
    """The words of one language. File: assets/languages/<code>.json"""

    language: str
    """Its name, in itself."""
    texts: dict[str, str] = Field(default_factory=dict)
    """What the window says, by its English."""
    sentences: dict[str, str] = Field(default_factory=dict)
    """Sentences of rooms that know no window, by their English, with {0}, {1}, ... in that order for what differs."""


class Translator(QTranslator):
    """A catalogue as Qt asks for it. Known to `sentence` as well, as a child of the application."""

    def __init__(self, catalogue: Catalogue, parent: QCoreApplication | None = None) -> None:
        super().__init__(parent)
        self.catalogue = catalogue

    def isEmpty(self) -> bool:
        return False

    def translate(  # type: ignore[override]  # None lets Qt ask on; the stubs don't know
        self,
        context: str | None,
        sourceText: str | None,  # noqa: N803 (Qt's name)
        disambiguation: str | None = None,  # noqa: ARG002
        n: int = -1,  # noqa: ARG002
    ) -> str | None:
        return self.catalogue.texts.get(sourceText or "") if context == CONTEXT else None

    @cached_property
    def patterns(self) -> list[tuple[re.Pattern[str], str]]:
        """The sentences: what an English one looks like, and what it becomes; the longest first."""
        ordered = sorted(self.catalogue.sentences.items(), key=lambda pair: -len(_GAP.sub("", pair[0])))
        return [(_pattern(english), own) for english, own in ordered]


def tr(text: str) -> str:
    """A text of the window in the user's language. text: a literal, so that it is found for the catalogues."""
    return QCoreApplication.translate(CONTEXT, text)


def plural(count: int, one: str, many: str, **filled_in: str) -> str:
    """How many there are, in the user's language: plural(3, "{n} image", "{n} images"). one, many: literals."""
    return tr(one if count == 1 else many).format(n=number(count), **filled_in)


def number(value: float, decimals: int = 0) -> str:
    """A number as the user's language writes it: "1,200", "0.83"."""
    return QLocale().toString(float(value), "f", decimals)


def figure(value: float) -> str:
    """A number with the decimals that it needs: "1,200", "0.5"."""
    return QLocale().toString(float(value), "g", 6)


def with_key(tip: str, text: str) -> str:
    """A tip with the key that a control's text underlines: "Start a trainer here (Alt+S)"."""
    key = QKeySequence.mnemonic(text).toString(QKeySequence.SequenceFormat.NativeText)
    return f"{tip} ({key})" if key else tip


def sentence(text: str) -> str:
    """A whole sentence of a room that knows no window, such as a refusal, in the user's language."""
    application = QCoreApplication.instance()
    for translator in application.findChildren(Translator) if application is not None else ():
        for pattern, own in translator.patterns:
            found = pattern.fullmatch(text)
            if found is not None:
                return own.format(*(sentence(part) for part in found.groups()))  # one refusal may quote another
    return text


def read_catalogue(code: str) -> Catalogue:
    """code: such as "de". Raises FileNotFoundError for a language that there isn't, Refused for a damaged file."""
    return read_document(FOLDER / f"{code}.json", Catalogue)


def codes() -> list[str]:
    """All languages that can be spoken."""
    return [ENGLISH, *sorted(path.stem for path in FOLDER.glob("*.json"))]


def speak(application: QCoreApplication, chosen: str) -> None:
    """Let all that is made from now on speak a language. chosen: its code, or SYSTEM."""
    code = _of_the_system() if chosen == SYSTEM else chosen
    if code not in codes():
        code = ENGLISH
    QLocale.setDefault(QLocale(code))
    if code == ENGLISH:
        return
    qt_own = QTranslator(application)  # the buttons of Qt's own dialogs
    if qt_own.load(f"qtbase_{code}", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)):
        application.installTranslator(qt_own)
    application.installTranslator(Translator(read_catalogue(code), application))


def _of_the_system() -> str:
    wanted = (name.split("-")[0].split("_")[0] for name in QLocale.system().uiLanguages())
    return next((code for code in wanted if code in codes()), ENGLISH)


def _pattern(english: str) -> re.Pattern[str]:
    return re.compile("(.*?)".join(re.escape(part) for part in _GAP.split(english)), re.DOTALL)
