"""What Polyforum costs, measured beside a bare Flask application under the same server in the same run."""
