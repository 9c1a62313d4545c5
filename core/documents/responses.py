"""The page that waits for a document, and the document itself."""

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponseBase
from django.shortcuts import render

from core.documents.models import Document, DocumentState

# htmx stops asking when it gets this status.
STOP_POLLING = 286


def document_response(
    request: HttpRequest, document: Document, *, filename: str
) -> HttpResponseBase:
    """The PDF when it is there; else a page that waits (without JavaScript: « Actualiser »)."""
    asked_by_htmx = request.headers.get("HX-Request") == "true"
    if document.state == DocumentState.READY and not asked_by_htmx:
        return _pdf(document, filename)
    context = {"document": document, "states": DocumentState}
    if not asked_by_htmx:
        return render(request, "core/document.html", context)
    response = render(request, "core/document_state.html", context)
    if document.state == DocumentState.READY:
        response["HX-Redirect"] = request.get_full_path()
    if document.state != DocumentState.WAITING:
        response.status_code = STOP_POLLING
    return response


def _pdf(document: Document, filename: str) -> FileResponse:
    response = FileResponse(
        default_storage.open(document.path),
        as_attachment=False,
        filename=filename,
        content_type="application/pdf",
    )
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'"
    return response
