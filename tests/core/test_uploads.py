"""The gate: content decides, and each refusal says why (BKG-024)."""

import io
import uuid

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from core.uploads.gate import MAX_BYTES, UploadRefused, judge
from core.uploads.store import accept, serve
from tests.conftest import Canton
from tests.core.uploads_corpus import honest, hostile, pdf

HOSTILE, HONEST = hostile(), honest()


@pytest.mark.req("BKG-024")
@pytest.mark.parametrize("name", HOSTILE)
def test_hostile_files_are_refused_with_a_reason(name: str) -> None:
    content = HOSTILE[name]
    with pytest.raises(UploadRefused) as refused:
        judge(io.BytesIO(content), len(content))
    assert str(refused.value.sentence)


@pytest.mark.req("BKG-024")
def test_one_byte_too_many_is_refused() -> None:
    with pytest.raises(UploadRefused):
        judge(io.BytesIO(b"%PDF-"), MAX_BYTES + 1)


@pytest.mark.req("BKG-024")
@pytest.mark.parametrize("name", HONEST)
def test_honest_files_pass(name: str) -> None:
    content = HONEST[name]
    assert judge(io.BytesIO(content), len(content)) in {
        "application/pdf",
        "application/zip",
    }


@pytest.mark.req("BKG-024")
def test_a_file_is_kept_under_a_random_name_and_never_run(canton: Canton) -> None:
    upload = SimpleUploadedFile('../é";\r\n.pdf', pdf())
    stored = accept(
        upload, tenant=canton.tenant, owner_id=uuid.uuid4(), by=uuid.uuid4()
    )
    assert stored.path.startswith("uploads/")
    assert ".." not in stored.path
    answer = serve(stored)
    assert answer["Content-Disposition"].startswith("attachment")
    assert "\n" not in answer["Content-Disposition"]
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    answer.close()
