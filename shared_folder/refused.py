"""The one error that a user is meant to read."""


class Refused(Exception):  # noqa: N818  (it is a sentence for the user more than an error of the program)
    """Input that can't be used. The message is one sentence: which file, what is wrong, what to do."""
