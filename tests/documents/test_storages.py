"""Files on the disk, in S3 and at Cloudinary: one contract, each organization below its prefix."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from cloudinary.exceptions import AuthorizationRequired
from django.core.exceptions import SuspiciousOperation
from django.core.files.base import ContentFile
from django.core.files.storage import Storage

from config.env import ConfigurationError
from config.files import CLOUDINARY, LOCAL, S3, cloudinary_options, file_storage
from shared_apps.tenancy.context import NoTenant, Tenant, use_nothing, use_tenant
from shared_apps.tenancy.storage import TenantStorage
from shared_apps.tenancy.storage_cloudinary import (
    CloudinaryUnreachable,
    TenantCloudinaryStorage,
)
from shared_apps.tenancy.storage_s3 import TenantS3Storage
from tenant_apps.accounts.models import User
from tenant_apps.documents.selectors import read_content
from tests.client import PrsClient, ok
from tests.documents.peers import (
    ACCOUNT,
    BUCKET,
    S3_KEYS,
    CloudinaryPeer,
    cloudinary_server,
    s3_keys,
    s3_server,
)
from tests.factories.documents import PLAIN_PDF, StoredFileFactory, upload

KINDS = ("disk", "s3", "cloudinary")
Keys = Callable[[], list[str]]


@pytest.fixture(scope="module")
def s3_address() -> Iterator[str]:
    """The address of an S3 server."""
    with s3_server() as address:
        yield address


@pytest.fixture(scope="module")
def cloudinary_peer() -> Iterator[CloudinaryPeer]:
    """A server that speaks Cloudinary's protocol."""
    with cloudinary_server() as peer:
        yield peer


def options_of(kind: str, request: pytest.FixtureRequest) -> dict[str, Any]:
    """Return the options of a storage that reaches its server."""
    if kind == "s3":
        address = request.getfixturevalue("s3_address")
        return {"bucket_name": BUCKET, "endpoint_url": address, "file_overwrite": False, **S3_KEYS}
    if kind == "cloudinary":
        peer = request.getfixturevalue("cloudinary_peer")
        return {**ACCOUNT, "upload_prefix": peer.address}
    return {}


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest, tmp_path: Path, settings: Any) -> str:
    """Each kind of storage; the disk's is empty."""
    settings.MEDIA_ROOT = tmp_path
    return str(request.param)


@pytest.fixture
def storage(kind: str, request: pytest.FixtureRequest) -> Storage:
    """A storage of each kind."""
    made = {"disk": TenantStorage, "s3": TenantS3Storage, "cloudinary": TenantCloudinaryStorage}
    new: Storage = made[kind](**options_of(kind, request))
    return new


@pytest.fixture
def keys(kind: str, request: pytest.FixtureRequest, tmp_path: Path) -> Keys:
    """What the server itself says that it keeps, asked around the storage."""

    def ask() -> list[str]:
        if kind == "s3":
            return s3_keys(request.getfixturevalue("s3_address"))
        if kind == "cloudinary":
            return list(request.getfixturevalue("cloudinary_peer").assets)
        return [str(path.relative_to(tmp_path)) for path in tmp_path.rglob("*") if path.is_file()]

    return ask


def content_of(storage: Storage, name: str) -> bytes:
    """Return the bytes of a kept file."""
    with storage.open(name, "rb") as stream:
        content: bytes = stream.read()
    return content


class TestEveryStorage:
    def test_keeps_reads_measures_and_removes_a_file(
        self, storage: Storage, keys: Keys, acme: Tenant
    ) -> None:
        content = bytes(range(256)) * 300
        name = storage.save("files/2026/03/a.pdf", ContentFile(content))

        assert f"{acme.schema}/{name}" in keys()
        assert content_of(storage, name) == content
        assert (storage.exists(name), storage.size(name)) == (True, len(content))
        storage.delete(name)
        assert storage.exists(name) is False
        assert f"{acme.schema}/{name}" not in keys()
        with pytest.raises(FileNotFoundError):
            content_of(storage, name)

    def test_never_overwrites(self, storage: Storage) -> None:
        first, second = (
            storage.save("files/same.pdf", ContentFile(content)) for content in (b"1", b"2")
        )
        assert first != second
        assert [content_of(storage, name) for name in (first, second)] == [b"1", b"2"]

    def test_keeps_organizations_apart(
        self, storage: Storage, keys: Keys, acme: Tenant, globex: Tenant
    ) -> None:
        name = storage.save("files/apart.pdf", ContentFile(b"of acme"))
        with use_tenant(globex):
            assert storage.exists(name) is False
            with pytest.raises(FileNotFoundError):
                content_of(storage, name)
            theirs = storage.save("files/apart.pdf", ContentFile(b"of globex"))
            storage.delete(name)
        assert content_of(storage, name) == b"of acme"
        assert theirs == name
        assert all(key.startswith((f"{acme.schema}/", f"{globex.schema}/")) for key in keys())

    def test_does_not_leave_the_prefix(self, storage: Storage, globex: Tenant) -> None:
        for name in (f"../{globex.schema}/files/x.pdf", "/etc/passwd", "../../x"):
            with pytest.raises(SuspiciousOperation):
                content_of(storage, name)

    def test_serves_no_organization_outside_of_one(self, storage: Storage) -> None:
        name = storage.save("files/whose.pdf", ContentFile(b"of acme"))
        with use_nothing(), pytest.raises(NoTenant):
            storage.open(name, "rb")

    def test_has_no_address_for_the_public(self, storage: Storage) -> None:
        if isinstance(storage, TenantStorage):
            return  # a view streams what lies on the disk; there is no MEDIA_URL
        with pytest.raises(NotImplementedError):
            storage.url("files/a.pdf")

    def test_serves_the_product(
        self,
        kind: str,
        request: pytest.FixtureRequest,
        settings: Any,
        keys: Keys,
        as_sam: PrsClient,
        sam: User,
    ) -> None:
        backend = {"disk": LOCAL, "s3": S3, "cloudinary": CLOUDINARY}[kind]
        options = options_of(kind, request)
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": backend, "OPTIONS": options},
        }
        sent = {"file": upload(PLAIN_PDF, "receipt.pdf")}
        file = ok(as_sam.post("/api/business/files/", sent, format="multipart"), 201)
        answer: Any = as_sam.get(f"/api/business/files/{file['id']}/content/")
        assert b"".join(answer.streaming_content) == PLAIN_PDF
        stored = StoredFileFactory(by=sam)
        assert any(key.endswith(stored.storage_name) for key in keys())
        assert b"".join(read_content(stored)).startswith(b"%PDF")


class TestCloudinary:
    def test_refuses_a_wrong_secret(self, cloudinary_peer: CloudinaryPeer) -> None:
        wrong = TenantCloudinaryStorage(
            **{**ACCOUNT, "api_secret": "guessed"}, upload_prefix=cloudinary_peer.address
        )
        with pytest.raises(AuthorizationRequired):
            wrong.save("files/a.pdf", ContentFile(b"x"))
        with pytest.raises(CloudinaryUnreachable):
            wrong.open("files/a.pdf", "rb")

    def test_is_read_only_once_kept(self, cloudinary_peer: CloudinaryPeer) -> None:
        storage = TenantCloudinaryStorage(**ACCOUNT, upload_prefix=cloudinary_peer.address)
        with pytest.raises(ValueError, match="only read"):
            storage.open("files/a.pdf", "wb")


class TestTheChoice:
    @pytest.fixture(autouse=True)
    def _nothing_is_set(self, monkeypatch: pytest.MonkeyPatch) -> None:
        for name in ("S3_BUCKET", "CLOUDINARY_URL", "S3_ENDPOINT_URL", "S3_SECRET_ACCESS_KEY"):
            monkeypatch.delenv(name, raising=False)

    def test_is_the_disk_by_default(self) -> None:
        assert file_storage() == {"BACKEND": LOCAL}

    def test_is_a_bucket(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("S3_BUCKET", "receipts")
        monkeypatch.setenv("S3_ENDPOINT_URL", "http://127.0.0.1:9000")
        chosen = file_storage()
        assert chosen["BACKEND"] == S3
        assert chosen["OPTIONS"]["endpoint_url"] == "http://127.0.0.1:9000"
        assert TenantS3Storage(**chosen["OPTIONS"]).bucket_name == "receipts"

    def test_is_an_account(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("CLOUDINARY_URL", "cloudinary://4711:a%2Fb@My-Cloud")
        chosen = file_storage()
        assert chosen["OPTIONS"] == {
            "cloud_name": "My-Cloud",
            "api_key": "4711",
            "api_secret": "a/b",
        }
        assert TenantCloudinaryStorage(**chosen["OPTIONS"])

    def test_is_never_both(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("S3_BUCKET", "receipts")
        monkeypatch.setenv("CLOUDINARY_URL", "cloudinary://4711:secret@cloud")
        with pytest.raises(ConfigurationError):
            file_storage()

    @pytest.mark.parametrize("url", ["cloudinary://cloud", "cloudinary://key@cloud"])
    def test_names_what_an_account_lacks_without_its_secret(self, url: str) -> None:
        with pytest.raises(ConfigurationError, match="cloudinary://key:secret@cloud-name"):
            cloudinary_options(url)

    def test_takes_another_address_of_the_service(self) -> None:
        url = "cloudinary://4711:s@cloud?upload_prefix=https://api-eu.cloudinary.com"
        assert cloudinary_options(url)["upload_prefix"] == "https://api-eu.cloudinary.com"
