"""The forms around an account and its tokens."""

from typing import Any

from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.forms import AuthenticationForm, BaseUserCreationForm
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import QueryDict

from accounts import guessing
from accounts.models import NAME_LENGTH, TOKEN_DAYS
from facedetect.addresses import address_of


class SignIn(AuthenticationForm):
    """An unknown name is answered as a known one is, also where guessing is slowed down."""

    error_messages = {
        "invalid_login": "Name and password do not match. Both tell capital letters from small ones.",
        "inactive": "Name and password do not match. Both tell capital letters from small ones.",
    }

    def clean(self) -> dict[str, Any]:
        assert self.request is not None
        name, address = self.cleaned_data.get("username", ""), address_of(self.request)
        guessing.require_patience_from_address(address)
        guessing.require_patience_with_name(name)
        try:
            cleaned = super().clean()
        except ValidationError:
            guessing.note_with_name(name)
            guessing.note_from_address(address)
            raise
        guessing.forgive_name(name)
        return cleaned


class StaffSignIn(SignIn, AdminAuthenticationForm):
    """For the admin's own page, which lets staff in only."""


class SignUp(BaseUserCreationForm):  # type: ignore[type-arg]  # not generic at run time
    """Whether a name is taken is told only to who would have it now, and so often from one address."""

    class Meta:
        model = User
        fields = ("username",)

    def __init__(self, data: QueryDict | None, address: str) -> None:
        super().__init__(data)
        self._address = address

    def full_clean(self) -> None:
        super().full_clean()
        if self.is_bound and not self.errors:
            try:
                self._require_free(self.cleaned_data["username"])
            except ValidationError as error:
                self.add_error("username" if error.code == "unique" else None, error)

    def validate_unique(self) -> None:
        """Not before all else is right."""

    def _require_free(self, name: str) -> None:
        guessing.require_patience_from_address(self._address)
        guessing.note_from_address(self._address)
        if User.objects.filter(username__iexact=name).exists():
            raise ValidationError("This name is taken; choose another.", code="unique")


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
