"""The topic that all alarms notify."""

from tests.infra.conftest import Variant
from tests.infra.template import Synthesis


def test_every_alarm_notifies_the_topic_when_it_goes_off_and_when_it_is_over(variant: Variant) -> None:
    everything = variant(inventory="true")
    alarms = everything.all("AWS::CloudWatch::Alarm")
    windows = {name for name in alarms if name.startswith("ServiceLevel")}
    notifying = [alarm for name, alarm in alarms.items() if name not in windows]
    assert (len(windows), len(notifying)) == (4, 15)
    for alarm in [*notifying, *everything.all("AWS::CloudWatch::CompositeAlarm").values()]:
        assert alarm["AlarmActions"] == alarm["OKActions"] == ["${NotificationsTopic}"]


def test_only_alarms_of_the_account_may_publish(stack: Synthesis) -> None:
    tls, alarms = stack.only("AWS::SNS::TopicPolicy")["PolicyDocument"]["Statement"]
    assert (tls["Effect"], tls["Condition"]) == ("Deny", {"Bool": {"aws:SecureTransport": "false"}})
    assert alarms == {
        "Sid": "AllowAlarms",
        "Effect": "Allow",
        "Principal": {"Service": "cloudwatch.amazonaws.com"},
        "Action": "sns:Publish",
        "Resource": "${NotificationsTopic}",
        "Condition": {"StringEquals": {"aws:SourceAccount": "${AWS::AccountId}"}},
    }


def test_each_address_of_the_context_is_subscribed(stack: Synthesis, variant: Variant) -> None:
    subscribed = variant(alarmEmail="ops@example.com,night@example.com").all("AWS::SNS::Subscription")
    assert {each["Endpoint"] for each in subscribed.values()} == {"ops@example.com", "night@example.com"}
    assert {each["Protocol"] for each in subscribed.values()} == {"email"}
    assert not stack.all("AWS::SNS::Subscription")
