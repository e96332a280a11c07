"""What a trainer's status says of one project."""

from collections.abc import Sequence

from shared_folder.status import Doing, ProjectStatus
from trainer.learning import Learning
from trainer.project_view import ProjectView


def status_without_learning(view: ProjectView, queue: int, doing: Doing) -> ProjectStatus:
    """queue: how many masks are wanted and not made."""
    return ProjectStatus(
        project=view.location,
        doing=doing,
        train_images=len(view.train),
        validation_images=len(view.validation),
        model=view.latest.stem if view.latest is not None else "",
        score=view.latest_score,
        queue=queue,
    )


def status_of_learning(view: ProjectView, queue: int, learning: Learning, others: Sequence[str]) -> ProjectStatus:
    """others: projects that learn here in turns with this one."""
    return ProjectStatus(
        project=view.location,
        doing=learning.doing,
        learning_seconds=learning.seconds,
        steps=learning.steps,
        progress=learning.progress,
        train_images=learning.train_images,
        validation_images=learning.validation_images,
        test_images=learning.test_images,
        model=view.latest.stem if view.latest is not None else "",
        score=learning.score,
        scores=learning.scores,
        queue=queue,
        turns_with=tuple(others),
    )
