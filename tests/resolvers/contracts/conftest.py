"""A subscription that the tests amend."""

import pytest

from tests.conftest import Client
from tests.support.deals import Deal, new_deal
from tests.support.subscriptions import day
from tests.support.world import World


@pytest.fixture
async def deal(client: Client, world: World) -> Deal:
    """A subscription of 5 seats for 200 days at 29,900 each, of which 100 are left, and today is one of them."""
    return await new_deal(client, world, (day(-100), day(99)))
