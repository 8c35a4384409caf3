"""Who plays a part in the histories."""

import pytest

from tenant_apps.accounts.models import User
from tests.analytics.histories import Company


@pytest.fixture
def company(sam: User, suki: User, theo: User, vera: User, fay: User, adam: User) -> Company:
    """The people of the histories."""
    return Company(sam=sam, suki=suki, theo=theo, vera=vera, fay=fay, adam=adam)
