"""What can be wrong with one instance of a request."""


class InstanceError(Exception):
    """A fault of one instance, answered in its place as `{"error": {"code", "message", ...}}`.

    `code` is one of the contract's: bad_image, image_too_large, bad_source, those of quality.REFUSALS, bad_parameter,
    bad_instance, source_unknown. `extra` is merged into the error (`missing` for source_unknown).
    """

    def __init__(self, code: str, message: str, **extra: object) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.extra = extra

    def as_json(self) -> dict[str, object]:
        return {"error": {"code": self.code, "message": self.message, **self.extra}}
