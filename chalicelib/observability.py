"""Logger and metrics of the functions. Ids and counts only: no contact, no name, no text, no payload, ever."""

from aws_lambda_powertools import Logger, single_metric
from aws_lambda_powertools.metrics import MetricUnit

NAMESPACE = "AutoLeadCapture"

logger = Logger(service="auto-lead-capture", log_uncaught_exceptions=False)


def count(name: str, amount: int = 1) -> None:
    """Add to a metric: one line of the log, which CloudWatch reads as such."""
    with single_metric(name=name, unit=MetricUnit.Count, value=amount, namespace=NAMESPACE):
        pass
