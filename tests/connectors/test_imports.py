"""A process pays for a client when it opens one: loading the definitions, or reading another source, costs none of them."""

import subprocess
import sys

CLIENTS = ("jira", "github", "mlflow", "googleapiclient")


def test_no_client_is_imported_before_it_is_opened():
    """PyGithub takes half a second, mlflow two and 90 MB."""
    told = (
        "import sys; from connectors import github, jira, mlflow, sheets;"
        f"print([name for name in {CLIENTS} if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", told], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
