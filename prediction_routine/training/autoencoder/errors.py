"""What a person who trains is told when something cannot go on."""


class TrainingError(Exception):
    """The message says what was expected, what was found and what to do."""
