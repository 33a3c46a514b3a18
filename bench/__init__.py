"""Named workloads（性能基准）, a budget each, peers beside us in the same run."""
