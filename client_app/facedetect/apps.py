from django.apps import AppConfig


class FaceDetectConfig(AppConfig):
    name = "facedetect"
    verbose_name = "Faces"

    def ready(self) -> None:
        from facedetect import belongings, checks  # noqa: F401  (follows visitors; registers the checks)
