"""The function that blocks suspicious owners: after its event a create is refused."""

from functions.adapters.dynamodb import usage
from functions.domain.keys import owner_key
from functions.lambdas import block_owner
from tests.lambdas.account import Account
from tests.lambdas.api import Api
from tests.lambdas.events import Context
from tests.lambdas.test_quotas import create


def test_a_suspicious_owner_creates_nothing_until_unblocked(account: Account, ada: Api, grace: Api) -> None:
    first = create(ada)
    event = {"detail-type": "owner.suspicious", "detail": {"owner": owner_key("ada"), "counter": "creates"}}
    for _ in range(2):
        block_owner.lambda_handler(event, Context())
    refused = create(ada)
    assert refused.problem == (403, "owner_blocked")
    assert "Contact support" in refused.json["detail"]
    assert create(grace).status == 201
    assert ada.get(f"/documents/{first.json['document']['id']}").status == 200
    account.dynamodb.update_item(**usage.unblock(account.settings.table, owner_key("ada")))
    assert create(ada).status == 201
