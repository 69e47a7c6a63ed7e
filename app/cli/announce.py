"""Waits until the web server answers, and says where. Started by `polyforum run`, without the application."""

import os
import sys
import time
import urllib.error
import urllib.request

port = sys.argv[1]
for _ in range(600):
    try:
        urllib.request.urlopen(f"http://127.0.0.1:{port}/healthz", timeout=5).close()
    except (urllib.error.URLError, OSError):
        time.sleep(0.1)
    else:
        print(f"\nPolyforum runs at http://localhost:{port}/ (Ctrl-C stops it)")
        if link := os.environ.get("POLYFORUM_SIGN_IN"):
            print(f"The organiser's sign-in, good once and for a week: {link}")
        print("Letters wait in the maildir of POLYFORUM_HOME, unless MAIL_URL names a server.\n", flush=True)
        break
