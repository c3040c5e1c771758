from django.apps import AppConfig


class MediaJobsConfig(AppConfig):
    name = "mediajobs"
    verbose_name = "Pictures and videos"

    def ready(self) -> None:
        from mediajobs import belongings, checks, withdrawal  # noqa: F401  (checks; what follows visitors and withdrawn faces)
