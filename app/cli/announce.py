"""Waits until the web server answers, and says where. Started by `polyforum run`, without the application."""

import sys
import time
import urllib.error
import urllib.request

port = sys.argv[1]
for _ in range(600):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()  # noqa: S310
    except (urllib.error.URLError, OSError):
        time.sleep(0.1)
    else:
        print(f"\nPolyforum runs at http://localhost:{port}/ (Ctrl-C stops it)\n", flush=True)
        break
