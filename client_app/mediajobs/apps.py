from django.apps import AppConfig


class MediaJobsConfig(AppConfig):
    name = "mediajobs"
    verbose_name = "Pictures and videos"

    def ready(self) -> None:
        from mediajobs import checks, withdrawal  # noqa: F401  (registers the checks, listens to withdrawn faces)
