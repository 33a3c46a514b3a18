"""Sources that are read by themselves（数据归集）: declared once, on a schedule, retried, each run reported."""
