"""The forms around an account and its tokens."""

import math
from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError

from accounts.models import NAME_LENGTH, TOKEN_DAYS, FailedSignIn


class SignIn(AuthenticationForm):
    """Guessing is slowed down, by the name alone, so that an unknown name is answered as a known one is."""

    error_messages = {
        "invalid_login": "Name and password do not match. Both tell capital letters from small ones.",
        "inactive": "Name and password do not match. Both tell capital letters from small ones.",
    }

    def clean(self) -> dict[str, Any]:
        name = self.cleaned_data.get("username", "")
        wait = FailedSignIn.objects.wait(name)
        if wait is not None:
            minutes = math.ceil(wait.total_seconds() / 60)
            raise ValidationError(f"Too many tries with this name. Wait {minutes} min, then try again.", code="too_many")
        try:
            cleaned = super().clean()
        except ValidationError:
            FailedSignIn.objects.note(name)
            raise
        FailedSignIn.objects.forgive(name)
        return cleaned


class SignUp(BaseUserCreationForm):  # type: ignore[type-arg]  # not generic at run time
    class Meta:
        model = User
        fields = ("username",)

    def clean_username(self) -> str:
        name = str(self.cleaned_data["username"])
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("This name is taken; choose another.", code="unique")
        return name


class DeleteAccount(forms.Form):
    password = forms.CharField(
        label="Your password",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, user: User, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._user = user

    def clean_password(self) -> str:
        password = str(self.cleaned_data["password"])
        if not self._user.check_password(password):
            raise ValidationError("This is not your password. Nothing was deleted.", code="wrong")
        return password


class NewToken(forms.Form):
    name = forms.CharField(
        label="What it is for", max_length=NAME_LENGTH, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )
    days = forms.TypedChoiceField(
        label="Valid for", coerce=int, choices=[(days, f"{days} days") for days in TOKEN_DAYS], initial=TOKEN_DAYS[0]
    )

    def __init__(self, *args: Any, lasting: bool, **kwargs: Any) -> None:
        """`lasting`: an account may choose how long the token is valid; a visit's goes with the visit."""
        super().__init__(*args, **kwargs)
        if not lasting:
            del self.fields["days"]
