"""Reads the environment: every value is checked here, once, and a wrong one is named with what was expected."""

import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

_TRUE = frozenset({"1", "true", "yes", "on"})
_FALSE = frozenset({"0", "false", "no", "off"})


def text(name: str, default: str = "") -> str:
    """The variable's value, or the default where it is missing or empty."""
    return os.environ.get(name, "").strip() or default


def flag(name: str, default: bool) -> bool:
    value = text(name).lower()
    if not value:
        return default
    if value in _TRUE | _FALSE:
        return value in _TRUE
    raise ImproperlyConfigured(f"{name} is {value!r}; expected 1 or 0")


def number(name: str, default: int, smallest: int = 1) -> int:
    value = text(name)
    if not value:
        return default
    try:
        result = int(value)
    except ValueError:
        result = smallest - 1
    if result < smallest:
        raise ImproperlyConfigured(f"{name} is {value!r}; expected a whole number of {smallest} or more")
    return result


def listing(name: str, default: tuple[str, ...]) -> list[str]:
    """A list separated by commas."""
    return [item.strip() for item in text(name).split(",") if item.strip()] or list(default)


def web_address(name: str) -> str | None:
    """An http(s) address without a slash at its end, or None where the variable is not set."""
    value = text(name)
    if not value:
        return None
    parts = urlsplit(value)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise ImproperlyConfigured(f"{name} is {value!r}; expected an address such as https://relay.example.org")
    return value.rstrip("/")


def key(name: str, folder: Path) -> str:
    """The secret in the variable, or else the one in `<folder>/<name>.key`, which is made when it is missing."""
    value = text(name)
    if value:
        return value
    path = folder / f"{name.lower().replace('_', '.')}"
    try:
        if not path.exists():
            _create_key(path)
        return path.read_text(encoding="ascii").strip()
    except OSError as error:
        raise ImproperlyConfigured(
            f"{name} is not set and {path} cannot be read or made ({error.strerror}); set {name}"
        ) from error


def _create_key(path: Path) -> None:
    """Several tiers may start at once and must end with the same key: the first link wins, and all read what is there."""
    path.parent.mkdir(parents=True, exist_ok=True)
    fresh = path.with_name(f".{path.name}.{secrets.token_hex(8)}")
    descriptor = os.open(fresh, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "w", encoding="ascii") as file:
            file.write(secrets.token_urlsafe(32))
        try:
            os.link(fresh, path)
        except FileExistsError:
            return
    finally:
        fresh.unlink()
