"""Tells the browser at once of every module that a page's script leads to, instead of letting it find them one by one."""

import functools
import posixpath
import re
from pathlib import Path

from django import template
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import format_html_join
from django.utils.safestring import SafeString

register = template.Library()
_IMPORT = re.compile(r"""^(?:import|export)\b[^"']*?\bfrom\s+["'](\.{1,2}/[^"']+)["'];""", re.MULTILINE)


@register.simple_tag
def module_preloads(script: str) -> SafeString:
    """A `modulepreload` link for each module that the script imports, directly or not, except those it imports later."""
    return format_html_join("\n  ", '<link rel="modulepreload" href="{}">', ((static(name),) for name in imported_by(script)))


@functools.cache
def imported_by(script: str) -> tuple[str, ...]:
    """The static names of the modules, nearest first."""
    found = [script]
    for name in found:
        path = finders.find(name)
        source = Path(path).read_text(encoding="utf-8") if isinstance(path, str) else ""
        imported = (posixpath.normpath(posixpath.join(posixpath.dirname(name), other)) for other in _IMPORT.findall(source))
        found += [other for other in dict.fromkeys(imported) if other not in found]
    return tuple(found[1:])
