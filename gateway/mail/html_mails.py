"""The HTML of mails, from the templates beside. Every value in them is escaped."""

from collections.abc import Mapping
from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined, Template


@cache
def _template(name: str) -> Template:
    loader = PackageLoader("gateway.mail", "templates")
    return Environment(loader=loader, autoescape=True, undefined=StrictUndefined).get_template(name)


def notice(shown: Mapping[str, object]) -> str:
    """The HTML of a mail of notices. `templates/notice.html` names the values that it shows."""
    return _template("notice.html").render(shown) + "\n"
