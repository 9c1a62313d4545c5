"""What browsers report by themselves."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from accounts import attempts
from core import csp_reports
from core.access import public
from core.middleware import client_address

FREE = 20  # from one address, before it waits: a town hall shares one


@csrf_exempt
@public(methods="POST", without_tenant=True)
def csp(request: HttpRequest) -> HttpResponse:
    """A violation of the content security policy; no answer but that it arrived."""
    body = request.read(csp_reports.MOST_BYTES + 1)
    if len(body) > csp_reports.MOST_BYTES:
        return HttpResponse(status=413)
    try:
        attempts.count([attempts.Key(f"csp|address|{client_address(request)}", FREE)])
    except attempts.TooManyAttempts as refusal:
        return HttpResponse(status=429, headers={"Retry-After": str(refusal.seconds)})
    csp_reports.note(body)
    return HttpResponse(status=204)
