"""Lifetimes of what tells of a document outside of its record and its bytes.

`infra` configures these times, and `operate erase` says when they end.
"""

from datetime import timedelta

from functions.domain.reports import REPORT_PERIOD

MESSAGE_RETENTION = timedelta(days=14)
"""Retention of dead letters, and of records for the audit trail that are not written. It is SQS's maximum.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/SQSDeveloperGuide/quotas-messages.html
"""

REPORT_RETENTION = 2 * REPORT_PERIOD
"""Retention of a report of S3 Inventory: two reports exist, and there is time to read the older one."""

STREAM_RETENTION = timedelta(days=1)
"""Retention of a change in the stream of the table.

https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Streams.html
"""

EVENT_FAILURE_RETENTION = timedelta(days=14)
"""Retention of a change that could not be published."""
