from datetime import datetime

import pytest

from tenant_apps.accounts.models import User
from tenant_apps.approvals.models import ApprovalRequest
from tests.approvals.requests import opened


@pytest.fixture
def request_of_sam(sam: User, at_noon: datetime) -> ApprovalRequest:
    return opened(sam, at=at_noon)
