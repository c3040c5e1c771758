"""What an operator sees and does: faces that are kept, never their photos; consents; reports; who is protected."""

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from facedetect import protection
from facedetect.errors import ApiError
from facedetect.models import Consent, ProtectedFace, Report, Source, TakenDown
from facedetect.protected_form import ProtectedFaceForm
from facedetect.relay import relay_for
from facedetect.takedown import protect, take_down


class _ReadOnlyAdmin:
    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False


@admin.register(Source)
class SourceAdmin(_ReadOnlyAdmin, admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    """May be deleted, which ends its streams, or taken down; everything else is the visitor's own."""

    list_display = ("name", "source_id", "photo_count", "created", "expires_at")
    fields = ("name", "source_id", "photo_count", "created", "expires_at")
    search_fields = ("source_id",)
    date_hierarchy = "created"
    actions = ("take_down", "take_down_and_protect")

    @admin.display(description="photos")
    def photo_count(self, source: Source) -> int:
        return source.photos.count()

    def delete_model(self, request: HttpRequest, obj: Source) -> None:
        obj.withdraw(relay_for(request))

    def delete_queryset(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        for source in queryset:
            source.withdraw(relay_for(request))

    @admin.action(description="Take down for everyone, with what was made, and forbid", permissions=["delete"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        _take_down(request, {source.source_id for source in queryset})

    @admin.action(description="The same, and protect the person shown", permissions=["delete"])
    def take_down_and_protect(self, request: HttpRequest, queryset: QuerySet[Source]) -> None:
        _take_down(request, {source.source_id for source in queryset}, protecting=True)


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


@admin.register(Report)
class ReportAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Read, acted upon, marked as done. The id of the face may be corrected before the face is taken down."""

    list_display = ("time", "what", "where", "face", "contact", "done")
    fields = ("time", "what", "where", "contact", "face", "done")
    readonly_fields = ("time", "what", "where", "contact")
    list_filter = ("done",)
    search_fields = ("what", "face")
    actions = ("take_down", "take_down_and_protect")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def formfield_for_dbfield(self, db_field: Any, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.name == "face":
            kwargs["widget"] = forms.TextInput(attrs={"size": 70})
        return super().formfield_for_dbfield(db_field, request, **kwargs)

    @admin.action(description="Take the face down for everyone, with what was made, and forbid it", permissions=["change"])
    def take_down(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._act(request, queryset, protecting=False)

    @admin.action(description="The same, and protect the person shown", permissions=["change"])
    def take_down_and_protect(self, request: HttpRequest, queryset: QuerySet[Report]) -> None:
        self._act(request, queryset, protecting=True)

    def _act(self, request: HttpRequest, queryset: QuerySet[Report], protecting: bool) -> None:
        nameless = queryset.filter(face="").count()
        if nameless:
            words = f"{nameless} of these reports name no face. Open them, write the id of the face in, and try again."
            self.message_user(request, words, messages.WARNING)
        named = queryset.exclude(face="")
        _take_down(request, set(named.values_list("face", flat=True)), protecting)
        named.update(done=True)


@admin.register(ProtectedFace)
class ProtectedFaceAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """Added by photos, of which only what tells the face from others is kept, or by such numbers themselves."""

    form = ProtectedFaceForm
    list_display = ("name", "photo_count", "created")
    search_fields = ("name", "note")

    @admin.display(description="photos")
    def photo_count(self, face: ProtectedFace) -> int:
        return len(face.embeddings)

    def save_model(self, request: HttpRequest, obj: ProtectedFace, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        found = protection.withdraw_matching(relay_for(request))
        if found:
            self.message_user(request, f"{found} of the faces that visitors had brought match, and were deleted.")


@admin.register(TakenDown)
class TakenDownAdmin(admin.ModelAdmin):  # type: ignore[type-arg]
    """To add an id by hand, and to allow a face again by deleting its entry."""

    list_display = ("source_id", "time")
    fields = ("source_id",)
    search_fields = ("source_id",)

    def has_change_permission(self, request: HttpRequest, obj: TakenDown | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: TakenDown, form: Any, change: bool) -> None:
        take_down(obj.source_id, relay_for(request))


def _take_down(request: HttpRequest, source_ids: set[str], protecting: bool = False) -> None:
    for source_id in source_ids:
        told = "was taken down and cannot be used again"
        if protecting:
            protected = protect(source_id, f"Taken down: {source_id[:16]}")
            told += ", and the person shown is protected" if protected else "; nobody has its photo any more to protect"
        count = take_down(source_id, relay_for(request))
        messages.success(request, f"The face {source_id[:16]}…, which {count} visitors had, {told}.")
    if protecting:
        try:
            protection.withdraw_matching(relay_for(request))
        except ApiError as error:
            messages.warning(request, error.message)
