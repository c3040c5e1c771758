import requests

from mediajobs.health import HealthServer


def test_the_worker_says_whether_it_is_well() -> None:
    answers = [True, False]
    health = HealthServer(0, lambda: answers.pop(0))
    try:
        statuses = [requests.get(f"http://127.0.0.1:{health.port}/healthz", timeout=10).status_code for _ in range(2)]
    finally:
        health.stop()
    assert statuses == [200, 503]
