"""The pages of an account."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.contrib.auth import login, logout
from django.contrib.auth.decorators import login_required
from django.contrib.auth.forms import PasswordChangeForm
from django.contrib.auth.models import User
from django.contrib.auth.views import LoginView, LogoutView, PasswordChangeView
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from accounts.forms import DeleteAccount, SignIn, SignUp
from facedetect.addresses import address_of

View = Callable[..., HttpResponseBase]


def with_accounts(view: View) -> View:
    """A page that is there only where the operator offers accounts."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not settings.ACCOUNTS:
            raise Http404("This server offers no accounts.")
        return view(request, *args, **kwargs)

    return guarded


def _sent(request: HttpRequest) -> QueryDict | None:
    return request.POST if request.method == "POST" else None


sign_in = LoginView.as_view(template_name="accounts/sign_in.html", authentication_form=SignIn, redirect_authenticated_user=True)
sign_out = LogoutView.as_view(next_page="studio")


@sensitive_post_parameters()
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def sign_up(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("account")
    form = SignUp(_sent(request), address_of(request))
    if form.is_valid():
        login(request, form.save())
        return redirect("account")
    return render(request, "accounts/sign_up.html", {"form": form})


@never_cache
@login_required
@require_safe
def account(request: HttpRequest) -> HttpResponse:
    return render(request, "accounts/account.html", {"hours": settings.SOURCE_HOURS})


class _ChangePassword(PasswordChangeView):
    template_name = "accounts/password.html"
    success_url = reverse_lazy("account")

    def form_valid(self, form: PasswordChangeForm) -> HttpResponse:
        messages.success(self.request, "Your password is changed. Other browsers in which you were signed in no longer are.")
        return super().form_valid(form)


change_password = _ChangePassword.as_view()


@sensitive_post_parameters()
@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def delete_account(request: HttpRequest) -> HttpResponse:
    user = request.user
    assert isinstance(user, User)
    form = DeleteAccount(user, _sent(request))
    if form.is_valid():
        user.delete()
        logout(request)
        return render(request, "accounts/deleted.html")
    return render(request, "accounts/delete.html", {"form": form})
