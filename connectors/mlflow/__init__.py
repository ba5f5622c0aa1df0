"""MLflow: experiments, runs, registered models and their versions, as the tracking server's REST API returns them."""

from connectors.mlflow.checks import check
from connectors.mlflow.client import MlflowSettings, TrackingClient, connect
from connectors.mlflow.streams import STREAMS

__all__ = ["STREAMS", "MlflowSettings", "TrackingClient", "check", "connect"]
