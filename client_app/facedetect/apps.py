from django.apps import AppConfig


class FaceDetectConfig(AppConfig):
    name = "facedetect"
    verbose_name = "Faces"

    def ready(self) -> None:
        from facedetect import checks  # noqa: F401  (registers the checks)
