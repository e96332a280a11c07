"""Review states: what one person has done with each image. One file for each person."""

from enum import StrEnum

from pydantic import Field, field_validator

from shared_folder.publish import Document


class ReviewState(StrEnum):
    """What a person has done with an image."""

    UNSEEN = "unseen"
    EXAMPLE = "example"  # painted before there was a mask to correct
    PARTLY_CORRECTED = "partly corrected"
    COMPLETE = "complete"  # every error that she saw is corrected
    NOTHING_TO_CORRECT = "nothing to correct"
    SKIPPED = "skipped"


class Reached(StrEnum):
    """How a person came to an image when she opened it first."""

    ORDER = "order"  # it came next in the project's own order: such images are a fair sample
    CHOICE = "choice"  # a jump, a click, a filter, or an order by what the model says


def known_way(how: object) -> Reached | None:
    """A Reached from a file; None for what a newer program may call another way."""
    return Reached(how) if isinstance(how, str) and how in list(Reached) else None


class Reviews(Document):
    """File: <project>/brushloop/review/<painter id>.json"""

    person: str = ""
    states: dict[str, ReviewState] = Field(default_factory=dict)
    """By image id. An image that is not here is unseen."""
    reached: dict[str, Reached] = Field(default_factory=dict)
    """By image id. Of an image that is not here nobody knows."""

    @field_validator("reached", mode="before")
    @classmethod
    def _known(cls, reached: object) -> object:
        if not isinstance(reached, dict):
            return reached
        return {image: way for image, how in reached.items() if (way := known_way(how)) is not None}

    def state(self, image: str) -> ReviewState:
        return self.states.get(image, ReviewState.UNSEEN)

    def having(self, image: str, state: ReviewState, reached: Reached | None = None) -> "Reviews":
        """The reviews with one image's state changed. reached: counts unless it is recorded already."""
        first = {image: reached} if reached is not None else {}
        return self.model_copy(update={"states": {**self.states, image: state}, "reached": {**first, **self.reached}})


def reviews_of_all(by_person: dict[str, Reviews]) -> dict[str, ReviewState]:
    """One state for each image over everybody: the most finished one that anyone gave it."""
    order = list(ReviewState)
    rank = {state: order.index(state) for state in order} | {ReviewState.SKIPPED: 0.5}
    best: dict[str, ReviewState] = {}
    for reviews in by_person.values():
        for image, state in reviews.states.items():
            if image not in best or rank[state] > rank[best[image]]:
                best[image] = state
    return best
