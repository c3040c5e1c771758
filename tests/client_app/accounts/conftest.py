from typing import Any

from django.test import Client

NAME, PASSWORD = "grace", "a lamp in the fog"


def sign_up(client: Client, name: str = NAME, password: str = PASSWORD) -> Any:
    return client.post("/account/sign-up", {"username": name, "password1": password, "password2": password})


def sign_in(client: Client, name: str = NAME, password: str = PASSWORD, **more: str) -> Any:
    return client.post("/account/sign-in", {"username": name, "password": password, **more})


def make_token(client: Client, name: str = "script", **fields: str) -> str:
    """The secret, as the page shows it this once."""
    response = client.post("/developers", {"name": name, **fields})
    assert response.status_code == 200
    return str(response.context["secret"])
