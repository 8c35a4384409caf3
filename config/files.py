"""Where the organizations' files are kept: the local disk, an S3 bucket or Cloudinary."""

from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

from config.env import ConfigurationError, env_secret, env_str, env_url

LOCAL = "shared_apps.tenancy.storage.TenantStorage"
S3 = "shared_apps.tenancy.storage_s3.TenantS3Storage"
CLOUDINARY = "shared_apps.tenancy.storage_cloudinary.TenantCloudinaryStorage"


def file_storage() -> dict[str, Any]:
    """Return Django's STORAGES["default"]: what S3_BUCKET or CLOUDINARY_URL names, else the disk.

    Raises: ConfigurationError, also when both are set.
    """
    bucket = env_str("S3_BUCKET", default="")
    cloudinary = env_url("CLOUDINARY_URL", default="", schemes=("cloudinary",))
    if bucket and cloudinary:
        raise ConfigurationError("Set S3_BUCKET or CLOUDINARY_URL, not both.")
    if bucket:
        return {"BACKEND": S3, "OPTIONS": s3_options(bucket)}
    if cloudinary:
        return {"BACKEND": CLOUDINARY, "OPTIONS": cloudinary_options(cloudinary)}
    return {"BACKEND": LOCAL}


def s3_options(bucket: str) -> dict[str, Any]:
    """Return the options of the S3 storage; keys left out come from boto's own sources.

    Objects are private, never overwritten and have no public address.
    Raises: ConfigurationError.
    """
    return {
        "bucket_name": bucket,
        "region_name": env_str("S3_REGION", default="") or None,
        "endpoint_url": env_url("S3_ENDPOINT_URL", default="", schemes=("http", "https")) or None,
        "access_key": env_str("S3_ACCESS_KEY_ID", default="") or None,
        "secret_key": env_secret("S3_SECRET_ACCESS_KEY", default="") or None,
        "addressing_style": env_str("S3_ADDRESSING_STYLE", default="auto"),
        "signature_version": "s3v4",
        "file_overwrite": False,
        "default_acl": None,
    }


def cloudinary_options(url: str) -> dict[str, Any]:
    """Return the options of the Cloudinary storage from cloudinary://key:secret@cloud-name.

    `?upload_prefix=https://api-eu.cloudinary.com` names another address of the service.
    Raises: ConfigurationError; the text never holds the URL.
    """
    parts = urlsplit(url)
    if not (parts.hostname and parts.username and parts.password):
        raise ConfigurationError("CLOUDINARY_URL must be cloudinary://key:secret@cloud-name.")
    prefix = parse_qs(parts.query).get("upload_prefix", [""])[0]
    return {
        "cloud_name": parts.netloc.rpartition("@")[2],
        "api_key": unquote(parts.username),
        "api_secret": unquote(parts.password),
        **({"upload_prefix": prefix} if prefix else {}),
    }
