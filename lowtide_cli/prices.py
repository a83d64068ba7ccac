"""Hosting prices, USD an hour in us-east-1.

From third-party copies of AWS's price list of 2026; likely, not certain.
"""

USD_PER_HOUR = {"ml.g6.2xlarge": 1.222, "ml.g6e.2xlarge": 2.80}
