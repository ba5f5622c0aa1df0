"""The process of the sandbox's MLflow server: `python -m connectors.sandbox.mlflow_process DATABASE ARTIFACTS PORT`.

What `mlflow server --workers 1` comes to, in one process: the command would import MLflow twice and prepare its tables
twice, once in the process that watches and once in the one that serves. Ends when its standard input does, so that it outlives
nobody, however its parent ended.
"""

from __future__ import annotations

import os
import sys
import threading


def serve(database: str, artifacts: str, port: int) -> None:
    """Creates the tables where there are none, then answers on loopback."""
    from mlflow import server as mlflow_server
    from mlflow.server.handlers import initialize_backend_stores

    store, root = f"sqlite:///{database}", "mlflow-artifacts:/"
    os.environ |= {
        mlflow_server.BACKEND_STORE_URI_ENV_VAR: store,
        mlflow_server.REGISTRY_STORE_URI_ENV_VAR: store,
        mlflow_server.ARTIFACT_ROOT_ENV_VAR: root,
        mlflow_server.SERVE_ARTIFACTS_ENV_VAR: "true",
        mlflow_server.ARTIFACTS_DESTINATION_ENV_VAR: artifacts,
    }
    initialize_backend_stores(store, store, root)

    import uvicorn

    uvicorn.run("mlflow.server.fastapi_app:app", host="127.0.0.1", port=port, log_level="warning")


def end_with_input() -> None:
    """Ends this process, whatever it is at, once the other end of its standard input is closed."""
    while os.read(sys.stdin.fileno(), 1024):
        pass
    os._exit(0)


if __name__ == "__main__":
    threading.Thread(target=end_with_input, daemon=True).start()
    serve(sys.argv[1], sys.argv[2], int(sys.argv[3]))
