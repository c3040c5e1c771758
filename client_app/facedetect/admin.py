"""What an operator sees: which photos are kept and until when, and the consents. Never the photos themselves."""

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from facedetect.models import Consent, Source
from facedetect.relay import relay_for


class _ReadOnlyAdmin:
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Source)
class SourceAdmin(_ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """May be deleted, which ends its streams; everything else is the visitor's own."""

    list_display = ("name", "source_id", "photo_count", "created", "expires_at")
    fields = ("name", "source_id", "photo_count", "created", "expires_at")
    search_fields = ("source_id",)
    date_hierarchy = "created"

    @admin.display(description="photos")
    def photo_count(self, source: Source) -> int:
        return source.photos.count()

    def delete_model(self, request: HttpRequest, obj: Source) -> None:
        obj.withdraw(relay_for(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            source.withdraw(relay_for(request))


@admin.register(Consent)
class ConsentAdmin(_ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]
    """A record: neither changed nor deleted here."""

    list_display = ("time", "source_id", "version")
    fields = ("time", "source_id", "visitor", "version", "wording")
    search_fields = ("source_id",)
    list_filter = ("version",)
    date_hierarchy = "time"

    def has_delete_permission(self, request: HttpRequest, obj: Consent | None = None) -> bool:
        return False
