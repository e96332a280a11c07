from datetime import UTC, datetime

import pytest

from painter_app.panels.trainer_words import Tone, TrainerWords, describe_trainer
from shared_folder.status import Doing, ProjectStatus, TrainerStatus

SINCE = datetime(2026, 3, 4, 14, 2, tzinfo=UTC)
INTERNAL_WORDS = ("instruction", "heartbeat", "publish", "patience", "counter", "json")


def trainer(**changes) -> TrainerStatus:
    return TrainerStatus(**{"version": "1.0", "host": "lab", "device": "CPU", "counter": 4, **changes})


def project(doing: Doing, **changes) -> ProjectStatus:
    return ProjectStatus(project="projects/roots", doing=doing, **changes)


def say(status, of_project=None, *, alive=True, since=None, learning=True) -> TrainerWords:
    return describe_trainer(status, of_project, alive, since, "1.0", learning)


def test_without_a_trainer_one_is_offered():
    words = say(None, alive=False)
    assert words.headline == "No trainer yet"
    assert words.can_start


def test_a_silent_trainer_names_the_time_and_the_computer_to_check():
    words = say(trainer(), alive=False, since=SINCE)
    assert words.headline == "Not reachable since 14:02"
    assert "“lab”" in words.detail
    assert words.tone is Tone.TROUBLE
    assert words.can_start


def test_a_trainer_that_was_never_seen_to_move_is_looked_for():
    assert say(trainer(), alive=False).headline == "Looking for the trainer…"


def test_a_trainer_that_said_goodbye_is_not_in_trouble():
    words = say(trainer(ended=True), alive=False, since=SINCE)
    assert words.tone is Tone.WAITING
    assert words.can_start


@pytest.mark.parametrize(
    ("train", "validation", "headline"),
    [
        (0, 0, "Waiting for examples"),
        (0, 2, "Waiting for an image to learn from"),
    ],
)
def test_what_it_waits_for_is_named(train, validation, headline):
    words = say(trainer(), project(Doing.NEEDS_IMAGES, train_images=train, validation_images=validation))
    assert words.headline == headline


def test_learning_from_one_image_says_that_none_checks_it_yet():
    words = say(trainer(), project(Doing.LEARNING, learning_seconds=20, train_images=1))
    assert words.detail == "for 20 s, from 1 image, checked on none yet"


def test_learning_says_how_long_from_what_and_how_good():
    status = project(
        Doing.LEARNING,
        learning_seconds=200,
        progress=0.25,
        train_images=4,
        validation_images=1,
        score=0.8125,
        queue=2,
    )
    words = say(trainer(), status)
    assert words.tone is Tone.LEARNING
    assert words.detail == "for 3 min, from 4 images, checked on 1 image"
    assert words.progress == 0.25
    assert words.score == "Dice on the parts you corrected: 0.81"
    assert words.masks == "2 masks to make"
    assert words.device == "Runs on: CPU, lab"


@pytest.mark.parametrize("doing", list(Doing))
def test_learning_that_is_off_is_amber_whatever_the_trainer_does(doing):
    words = say(trainer(), project(doing), learning=False)
    assert words.tone is Tone.OFF
    assert words.headline == "Learning is off"
    assert say(trainer(), None, learning=False).tone is Tone.OFF


def test_turns_name_the_other_projects():
    def turns(*names: str) -> str:
        return say(trainer(), project(Doing.LEARNING, turns_with=tuple(f"projects/{name}" for name in names))).turns

    assert turns() == ""
    assert turns("a") == "In turns with a"
    assert turns("a", "b") == "In turns with a and b"
    assert turns("a", "b", "c") == "In turns with a, b and c"
    assert turns("a", "b", "c", "d") == "In turns with a, b and 2 others"


def test_another_version_is_told_and_another_format_is_trouble():
    assert "version 2.0, this window 1.0" in say(trainer(version="2.0"), project(Doing.RESTING)).version
    assert say(trainer(), project(Doing.RESTING)).version == ""
    assert say(trainer(formats=(99,)), project(Doing.LEARNING)).tone is Tone.TROUBLE


def test_errors_and_refusals_are_shown_a_few_at_a_time():
    words = say(trainer(error="no memory", refusals=("a", "b", "c", "d")), project(Doing.RESTING))
    assert words.error.splitlines() == ["Last error: no memory", "a", "b", "c"]


def test_no_internal_word_is_shown():
    statuses = [None, *(project(doing, train_images=1, score=0.5, queue=3) for doing in Doing)]
    said = [
        say(status, one, alive=alive, since=since, learning=learning)
        for status in (None, trainer(), trainer(ended=True), trainer(formats=(9,)), trainer(version="3"))
        for one in statuses
        for alive in (True, False)
        for since in (None, SINCE)
        for learning in (True, False)
    ]
    for words in said:
        text = str(words).lower()
        assert words.headline
        assert not any(word in text for word in INTERNAL_WORDS), text


def test_a_score_on_test_images_says_so():
    status = project(Doing.LEARNING, train_images=4, validation_images=2, test_images=2, score=0.5)
    words = say(trainer(), status)
    assert words.score == "Dice on 2 test images: 0.50"
    assert words.detail.endswith("from 4 images, checked on 2 test images")
