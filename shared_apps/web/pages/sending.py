"""A form that the page's script sends: the page stays, and with it what was typed and chosen.

The script says in `Form-Person` whom the page was made for. An answer that would lead to another
page says where in `Form-Leads-To`, so that the browser goes there itself; any other is a page.
"""

from django.http import HttpRequest
from django.http.response import HttpResponseBase

MADE_FOR, LEADS_TO = "Form-Person", "Form-Leads-To"


def made_for(request: HttpRequest) -> str:
    """Return the id of the person that the form's page was made for; "" without the script."""
    return request.headers.get(MADE_FOR, "")


def lead_by_script(response: HttpResponseBase, request: HttpRequest) -> None:
    """Let the script lead on: a browser follows a redirect before a script could see it."""
    if made_for(request) and "Location" in response.headers:
        response.headers[LEADS_TO] = response.headers["Location"]
        del response.headers["Location"]
        response.status_code = 200
