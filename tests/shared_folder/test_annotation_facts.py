"""What an annotation's file says of itself, read without its pixels."""

from shared_folder.annotation import Annotation
from shared_folder.annotation_files import AnnotationFacts, read_annotation_facts, save_annotation
from shared_folder.classes import BACKGROUND, FOREGROUND
from shared_folder.label_files import encode_palette
from shared_folder.labels import Labels
from shared_folder.layout import SharedFolder
from shared_folder.project import create_project
from shared_folder.rectangle import whole
from shared_folder.review import Reached

SHAPE = (300, 400)


def test_how_much_was_corrected_and_how_it_was_reached_is_told_without_the_pixels(shared: SharedFolder) -> None:
    project = create_project(shared, "roots", "soil", ("a.jpg",))
    annotation = Annotation(Labels(SHAPE))
    annotation.begin_stroke()
    annotation.stamp((50, 60), (50, 60), 5, FOREGROUND)
    patch = annotation.end_stroke()
    assert patch is not None
    labels = annotation.labels
    shown = Labels(SHAPE)
    shown.write(whole(SHAPE), BACKGROUND)
    facts = AnnotationFacts(reached=Reached.ORDER)
    saved = save_annotation(project, "a.jpg", labels, facts, None, [patch], shown).stored
    assert saved is not None
    said = read_annotation_facts(saved.path)
    assert (said.reached, said.dice) == (Reached.ORDER, 0)
    assert said.pixels == labels.counts()
    later = saved.path.with_name("b.png")
    later.write_bytes(encode_palette(labels, project.classes, '{"person": "Ada", "reached": "by a way of tomorrow"}'))
    said = read_annotation_facts(later)
    assert (said.person, said.reached, said.pixels, said.dice) == ("Ada", None, None, None)
