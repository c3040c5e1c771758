"""How an operator signs in, and what they see of API tokens: until when, used when. One can be revoked, never read."""

from django.contrib import admin
from django.http import HttpRequest

from accounts.forms import StaffSignIn
from accounts.models import ApiToken

admin.site.login_form = StaffSignIn


@admin.register(ApiToken)
class ApiTokenAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # not generic at run time
    list_display = ("name", "created", "expires_at", "last_used")
    fields = ("name", "created", "expires_at", "last_used")
    date_hierarchy = "created"

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: object = None) -> bool:
        return False
